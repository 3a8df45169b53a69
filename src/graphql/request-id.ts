import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A caller's id is taken over as it is where it cannot harm a log line or a header. */
const ACCEPTABLE = /^[\w.:-]{1,128}$/;

/** For Fastify's `genReqId`: `x-request-id` where the caller sent a usable one, else a fresh id. */
export function requestIdOf(request: Pick<IncomingMessage, 'headers'>): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && ACCEPTABLE.test(given) ? given : randomUUID();
}
