import { test } from 'vitest';
import { stress } from './stress.ts';

test(
  '24 writers, teams that fall idle and wake, and foreign locks: all run once, none is left',
  { timeout: 90_000 },
  async () => {
    const name = 'stress';
    process.stdout.write(`${name}: ${await stress(name, { writers: 24, teams: 6, channels: 4, messages: 360 })}\n`);
  },
);
