import type { FastifyInstance } from 'fastify';
import type { Logger } from '../platform/logger.ts';
import type { Receipt, SlackEventsService } from './slack-events.service.ts';

export const SLACK_EVENTS_PATH = '/slack/events';

const BODY_LIMIT_BYTES = 256 * 1024;

const STATUS: Readonly<Record<Extract<Receipt, { kind: 'refused' }>['reason'], number>> = {
  SIGNATURE: 401,
  STALE: 401,
  OTHER_APP: 403,
  MALFORMED: 400,
};

/**
 * Slack signs each retry anew, so a server that has the new signing secret by then, or the right time, takes it. What was
 * well signed stays what it is.
 */
const MAY_HELP_TO_RETRY: ReadonlySet<string> = new Set(['SIGNATURE', 'STALE']);

const single = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' ? header : undefined;

/** Where Slack sends its events. Nothing of a body is logged. */
export const registerSlackEvents = (app: FastifyInstance, events: SlackEventsService, logger: Logger): void => {
  void app.register(async (scope) => {
    // The signature is over the bytes as they came: nothing here may parse them first.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post(SLACK_EVENTS_PATH, { logLevel: 'silent' }, async (request, reply) => {
      const signed = {
        signature: single(request.headers['x-slack-signature']),
        timestamp: single(request.headers['x-slack-request-timestamp']),
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      };
      try {
        const receipt = await events.receive(signed);
        switch (receipt.kind) {
          case 'challenge':
            return await reply.send({ challenge: receipt.challenge });
          case 'acknowledged':
            return await reply.send({ ok: true });
          case 'unavailable':
            return await reply.code(503).send({ ok: false });
          case 'refused':
            logger.warn({ reason: receipt.reason }, 'A request to /slack/events was refused.');
            if (!MAY_HELP_TO_RETRY.has(receipt.reason)) reply.header('x-slack-no-retry', '1');
            return await reply.code(STATUS[receipt.reason]).send({ ok: false });
        }
      } catch (error) {
        logger.error({ err: error }, 'An event of Slack could not be stored; Slack sends it again.');
        return reply.code(503).send({ ok: false });
      }
    });
  });
};
