import { expect, test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { loseAnswersUnseen, sendThroughFaults } from './mixed-faults.ts';

test('every fault of Slack, mixed at 20 %, leads to one message each, in order', { timeout: 150_000 }, async () => {
  const name = 'every fault mixed at 20 %';
  const result = await sendThroughFaults(chanceOf(name), { messages: 80, channels: 10, restWithinMs: 100_000 });
  process.stdout.write(`${name}: ${result}\n`);
});

test(
  'without the history scope nothing is doubled, and each lost answer is UNCONFIRMED',
  { timeout: 90_000 },
  async () => {
    const name = 'lost answers without the history scope';
    const { torture, lost } = await loseAnswersUnseen(chanceOf(name), 100);
    try {
      const summary = await torture.expectClean();
      const unconfirmed = (await torture.rows()).filter(({ status }) => status === 'UNCONFIRMED');
      expect(unconfirmed).toHaveLength(lost);
      process.stdout.write(`${name}: ${summary}\n`);
    } finally {
      await torture.stop();
    }
  },
);
