import pg from 'pg';
import { expect, test } from 'vitest';
import { crashPostgres } from '../crash/crash-postgres.ts';
import { sendThroughFaults } from '../crash/mixed-faults.ts';
import { SendNotificationDocument } from '../generated/graphql.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

test(
  'every fault of Slack on one in five of 600 posts leads to one message each, in order',
  { timeout: 400_000 },
  async () => {
    const name = 'soak: every fault mixed at 20 %';
    const result = await sendThroughFaults(chanceOf(name), { messages: 600, channels: 20, restWithinMs: 350_000 });
    process.stdout.write(`${name}: ${result}\n`);
  },
);

test('Postgres crashing three times under 500 messages loses and doubles nothing', { timeout: 180_000 }, async () => {
  const name = 'soak: Postgres crashing in flight';
  process.stdout.write(`${name}: ${await crashPostgres(name, 500, 3)}\n`);
});

test(
  'a send whose channel somebody holds for longer than a lock is waited for is told to repeat',
  { timeout: 60_000 },
  async () => {
    const torture = await Torture.start({ chance: chanceOf('soak: a lock held'), roles: ['all'], channels: 1 });
    const blocker = new pg.Client({ connectionString: torture.world.database.url });
    try {
      await torture.send(torture.message(1));
      await torture.untilAtRest(5000);
      await blocker.connect();
      await blocker.query('begin; select from delivery_lanes for update');
      const { errors } = await torture.desk.admin.send(SendNotificationDocument.toString(), {
        input: torture.message(2),
      });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryable: true });
      await blocker.query('commit');
      await torture.send(torture.message(2));
      await torture.untilAtRest(5000);
      await torture.expectClean();
    } finally {
      await blocker.end();
      await torture.stop();
    }
  },
);
