import { test } from 'vitest';
import { killAtFailpoints } from '../crash/kill-at-failpoint.ts';
import { killRandomly } from '../crash/kill-randomly.ts';
import { chanceOf } from '../support/seeded.ts';

test(
  '25 times kill -9 of random processes under 2,000 messages loses, doubles, invents and swaps nothing',
  { timeout: 300_000 },
  async () => {
    const name = 'soak: kill -9 of random processes';
    process.stdout.write(`${name}: ${await killRandomly(name, { messages: 2000, channels: 20, kills: 25 })}\n`);
  },
);

test(
  '20 deaths at each moment of a delivery lose, double, invent and swap nothing',
  { timeout: 1_200_000 },
  async () => {
    const name = 'soak: kill at each failpoint';
    process.stdout.write(`${name}: ${await killAtFailpoints(chanceOf(name), 20)}\n`);
  },
);
