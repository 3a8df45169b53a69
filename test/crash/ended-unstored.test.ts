import { expect, test } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import { openDesk } from '../support/desk.ts';
import { requestsOf } from '../support/load.ts';
import { OwnPostgres } from '../support/own-postgres.ts';
import { accepted, World } from '../support/world.ts';

/** Longer than it takes to crash Postgres. */
const LATENCY_MS = 2000;

test(
  'an answer that the authorization has ended, which cannot be stored, is not forgotten: the message waits for a new one',
  { timeout: 90_000 },
  async () => {
    const postgres = await OwnPostgres.start();
    const world = await World.start({ database: postgres.database });
    try {
      const desk = await openDesk(world, 'ended-unstored');
      await world.slack.config({ latencyMs: LATENCY_MS });
      const match = { method: 'chat.postMessage' };
      await world.slack.fault({ match, fault: { type: 'error', error: 'account_inactive' }, times: 100 });
      const { id } = await accepted(desk.admin, desk.message());
      const tries = async () => (await requestsOf(world, (method) => method === match.method)).length;
      await expect.poll(tries, { interval: 20 }).toBe(1);
      await postgres.crash();
      const logged = () => world.servers.flatMap(({ lines }) => lines).join('\n');
      await expect.poll(logged, { timeout: 20_000 }).toMatch(/could not be stored|failed unexpectedly/);
      await postgres.restart();
      await world.slack.config({ latencyMs: 0 });
      const read = async () => (await desk.admin.run(NotificationDocument, { id })).notification;
      const waits = { status: 'RETRYING', waiting: { reason: 'CONNECTION' } };
      await expect.poll(() => read().catch(() => undefined), { timeout: 40_000 }).toMatchObject(waits);
    } finally {
      await world.stop();
    }
  },
);
