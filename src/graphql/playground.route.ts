import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const PREFIX = '/playground/';

export interface PlaygroundOptions {
  /** Where `npm run build` has put the page: `dist/playground` of the project. */
  readonly directory: string;
}

/** A host that could break out of the header's syntax is left out; `'self'` covers the sockets in current browsers. */
const socketsOf = (host: string): string => (/^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '');

/**
 * Nothing is loaded from elsewhere and no script is inline. Styles are: the editor (Monaco) writes its own into the
 * page while it runs. Its fonts and some of its icons are data: URLs.
 */
const contentSecurityPolicy = (host: string): string =>
  [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "worker-src 'self' blob:",
    `connect-src 'self'${socketsOf(host)}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Serves GraphiQL at /playground/. It knows no token: the page takes one from its address's fragment or from its reader. */
export async function playgroundRoute(app: FastifyInstance, { directory }: PlaygroundOptions): Promise<void> {
  app.addHook('onSend', async (request, reply) => {
    reply.header('content-security-policy', contentSecurityPolicy(request.host));
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-content-type-options', 'nosniff');
  });
  // The address's query must survive: Slack's trip comes back with a claim in it.
  app.get('/playground', async (request, reply) => reply.redirect(PREFIX + request.url.slice('/playground'.length)));
  // The source folder has an index.html as well; only the built page has its assets.
  if (!existsSync(join(directory, 'assets'))) {
    app.get(PREFIX, async (_request, reply) =>
      reply.code(503).type('text/plain; charset=utf-8').send('The playground is not built yet: run `npm run build`.\n'),
    );
    return;
  }
  await app.register(fastifyStatic, {
    root: directory,
    prefix: PREFIX,
    decorateReply: false,
    cacheControl: false,
    setHeaders: (response, path) => {
      const isHashed = path.includes(join(directory, 'assets'));
      response.setHeader('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
