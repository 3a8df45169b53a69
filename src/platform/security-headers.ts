import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

const YEAR_SECONDS = 31_536_000;

/**
 * Helmet's headers on every answer, errors included. What is no page may load, send and be framed by nothing; a page
 * that needs more says so in a policy of its own, which replaces this one.
 */
export const registerSecurityHeaders = async (app: FastifyInstance, publicUrl: string): Promise<void> => {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // A product may send its user through an install in a popup: its own page must get the window back after ours.
    crossOriginOpenerPolicy: false,
    // Only of this host: its neighbours in the domain are not ours to speak for.
    hsts: publicUrl.startsWith('https:') ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
  });
};
