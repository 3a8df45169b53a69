import type { ServerResponse } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Clock } from './clock.ts';
import { inTime } from './in-time.ts';

const QUIET_MS = 250;
const LONGEST_MS = 2_000;
/** What takes longer to answer is cut, so that the process ends in its time. */
const LONGEST_ANSWER_MS = 8_000;

/**
 * Either side may close a kept connection, and a request that is on its way then is lost: a proxy answers 502 for it, since it
 * repeats no POST. So the listener is closed first, which sends new connections elsewhere; who still uses a kept one is
 * answered with `Connection: close`; and only those that have been quiet are closed from here. Who has asked for nothing
 * whole, by half a request or a connection that is kept at hand, is not waited for.
 */
export function registerGentleClose(http: FastifyInstance, clock: Pick<Clock, 'monotonicMs'>): void {
  let lastRequestMs = -Infinity;
  let answering = 0;
  let allAnswered: (() => void) | undefined;
  http.server.on('request', (_request, response: ServerResponse) => {
    lastRequestMs = clock.monotonicMs();
    answering += 1;
    response.once('close', () => {
      answering -= 1;
      if (answering === 0) allAnswered?.();
    });
  });
  http.addHook('preClose', async () => {
    if (!http.server.listening) return;
    // Not its own close(), which would end the kept connections as well.
    const ended = new Promise((resolve) => NetServer.prototype.close.call(http.server, resolve));
    const deadlineMs = clock.monotonicMs() + LONGEST_MS;
    for (;;) {
      const restMs = Math.min(lastRequestMs + QUIET_MS, deadlineMs) - clock.monotonicMs();
      if (restMs <= 0) break;
      await pause(restMs);
    }
    http.server.closeIdleConnections();
    const answered = new Promise<void>((resolve) => {
      allAnswered = resolve;
    });
    if (answering > 0) await inTime(answered, LONGEST_ANSWER_MS);
    http.server.closeAllConnections();
    await ended;
  });
}
