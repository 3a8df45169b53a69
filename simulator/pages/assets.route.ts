import type { FastifyInstance } from 'fastify';
import { CLIENT_CSS } from './client.css.ts';
import { CONSENT_CSS } from './consent.css.ts';
import { LIVE_SCRIPT } from './live-script.ts';

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#4a154b"/>' +
  '<text x="16" y="23" font-family="sans-serif" font-size="20" font-weight="700" text-anchor="middle" fill="#fff">#</text></svg>';

/** The pages' own files, as text in the code: a build that only compiles TypeScript has everything. */
export function registerAssets(server: FastifyInstance): void {
  const serve = (path: string, type: string, text: string): void => {
    server.get(`/assets/${path}`, (_request, reply) =>
      reply.headers({ 'content-type': type, 'cache-control': 'no-cache' }).send(text),
    );
  };
  serve('slack.css', 'text/css; charset=utf-8', CLIENT_CSS + CONSENT_CSS);
  serve('live.js', 'text/javascript; charset=utf-8', LIVE_SCRIPT);
  serve('icon.svg', 'image/svg+xml', ICON);
  server.get('/favicon.ico', (_request, reply) => reply.redirect('/assets/icon.svg'));
}
