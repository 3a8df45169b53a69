import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

const PREFIX = '/admin/';
const NONCE_BYTES = 16;

/** What the page must know before it can ask the API anything. Nothing in it is secret. */
export interface AdminPage {
  readonly publicUrl: string;
  /** Pages that may hand over a token by `postMessage`: the exact origins that may call the API. */
  readonly hostOrigins: readonly string[];
  /** Sandbox mode only. */
  readonly simulatedSlackUrl?: string;
  readonly playgroundUrl?: string;
  readonly production: boolean;
}

export interface AdminOptions {
  /** Where `npm run build` has put the page: `dist/admin` of the project. */
  readonly directory: string;
  readonly page: AdminPage;
}

/** A host that could break out of the header's syntax is left out; `'self'` covers the sockets in current browsers. */
const socketsOf = (host: string): string => (/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '');

/**
 * Nothing comes from elsewhere, no script is inline, and the only inline styles are those that carry the answer's own
 * nonce: the page's component library writes its theme into a style element.
 */
const contentSecurityPolicy = (host: string, nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self'${socketsOf(host)}`,
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** As JSON in a script element: no `<` may appear, or a value could end the element. */
const embedded = (page: AdminPage): string => JSON.stringify(page).replaceAll('<', '\\u003c');

/** Serves the admin at /admin/, whatever route of its own the address names. It knows no token. */
export async function adminRoute(app: FastifyInstance, { directory, page }: AdminOptions): Promise<void> {
  app.addHook('onSend', async (_request, reply) => {
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-content-type-options', 'nosniff');
  });
  // The query must survive, and so does the fragment, which browsers carry over a redirect.
  app.get('/admin', async (request, reply) => reply.redirect(PREFIX + request.url.slice('/admin'.length)));
  // The source folder has an index.html as well; only the built page has its assets.
  if (!existsSync(join(directory, 'assets'))) {
    app.get(`${PREFIX}*`, async (_request, reply) =>
      reply.code(503).type('text/plain; charset=utf-8').send('The admin is not built yet: run `npm run build`.\n'),
    );
    return;
  }
  const template = readFileSync(join(directory, 'index.html'), 'utf8').replace('{{config}}', () => embedded(page));
  const sendPage = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    return reply
      .header('content-security-policy', contentSecurityPolicy(request.host, nonce))
      .header('cache-control', 'no-cache')
      .type('text/html; charset=utf-8')
      .send(template.replaceAll('{{nonce}}', nonce));
  };
  await app.register(fastifyStatic, {
    root: join(directory, 'assets'),
    prefix: `${PREFIX}assets/`,
    decorateReply: false,
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
  });
  await app.register(fastifyStatic, {
    root: join(directory, 'icons'),
    prefix: `${PREFIX}icons/`,
    decorateReply: false,
    maxAge: '1d',
  });
  app.get(PREFIX, sendPage);
  app.get(`${PREFIX}*`, sendPage);
}
