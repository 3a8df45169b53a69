import { test } from 'vitest';
import { crashPostgres } from '../crash/crash-postgres.ts';
import { sendThroughFaults } from '../crash/mixed-faults.ts';
import { stress } from '../crash/stress.ts';
import { chanceOf } from '../support/seeded.ts';

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
  '24 writers, 12 teams that fall idle and wake, and foreign locks: all of 4,000 run once, none is left',
  { timeout: 300_000 },
  async () => {
    const name = 'soak: stress';
    process.stdout.write(`${name}: ${await stress(name, { writers: 24, teams: 12, channels: 6, messages: 4000 })}\n`);
  },
);
