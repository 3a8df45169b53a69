import { test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { killAtFailpoints } from './kill-at-failpoint.ts';

test(
  'a process that dies at any moment of a delivery loses, doubles, invents and swaps nothing',
  { timeout: 120_000 },
  async () => {
    const name = 'kill at each failpoint';
    process.stdout.write(`${name}: ${await killAtFailpoints(chanceOf(name), 2)}\n`);
  },
);
