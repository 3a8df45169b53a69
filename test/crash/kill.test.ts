import { test } from 'vitest';
import { killRandomly } from './kill-randomly.ts';

test('kill -9 of random processes loses, doubles, invents and swaps nothing', { timeout: 120_000 }, async () => {
  const name = 'kill -9 of random processes';
  process.stdout.write(`${name}: ${await killRandomly(name, { messages: 300, channels: 8, kills: 6 })}\n`);
});
