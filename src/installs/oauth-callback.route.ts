import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Logger } from '../platform/logger.ts';
import type { CallbackResult, InstallCallbackService } from './install-callback.service.ts';
import { failedPage, grantedPage, RESULT_PAGE_POLICY } from './result-page.ts';

export const OAUTH_CALLBACK_PATH = '/slack/oauth/callback';

const HTTP_SEE_OTHER = 303;
const RESULT_PARAMETERS = ['status', 'claim', 'code'];

/** A parameter given twice is nobody's honest answer: it counts as not given. */
const single = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const sendPage = (reply: FastifyReply, status: number, html: string): FastifyReply =>
  reply.code(status).header('content-security-policy', RESULT_PAGE_POLICY).type('text/html; charset=utf-8').send(html);

const answer = (reply: FastifyReply, result: CallbackResult): FastifyReply => {
  const { returnTo } = result;
  if (returnTo === null) {
    return result.kind === 'granted'
      ? sendPage(reply, 200, grantedPage(result.claim.reveal()))
      : sendPage(reply, 400, failedPage(result.code));
  }
  // An address that was taken from the browser's bar may bear the result of the trip before.
  for (const name of RESULT_PARAMETERS) returnTo.searchParams.delete(name);
  returnTo.searchParams.set('status', result.kind);
  if (result.kind === 'granted') returnTo.searchParams.set('claim', result.claim.reveal());
  else returnTo.searchParams.set('code', result.code);
  return reply.redirect(returnTo.href, HTTP_SEE_OTHER);
};

/** Where Slack sends the browser. The query holds a code and a state: it is never logged, cached or passed on. */
export const registerOAuthCallback = (
  app: FastifyInstance,
  callbacks: InstallCallbackService,
  logger: Logger,
): void => {
  // No HEAD: whoever merely looks at the address must not use up its state.
  app.get(OAUTH_CALLBACK_PATH, { logLevel: 'silent', exposeHeadRoute: false }, async (request, reply) => {
    reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer');
    const query = request.query as Record<string, unknown>;
    const callback = { state: single(query['state']), code: single(query['code']), error: single(query['error']) };
    try {
      return answer(reply, await callbacks.callback(callback));
    } catch (error) {
      logger.error({ err: error }, 'The OAuth callback failed.');
      // Nobody knows the install, so it is no fault of the browser's, and the same address may work in a moment.
      return sendPage(reply, 503, failedPage('SLACK_ERROR'));
    }
  });
};
