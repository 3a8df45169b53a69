import { test } from 'vitest';
import { listLargeTeam } from '../crash/list-channels.ts';

test(
  '20,000 channels at 20 calls a minute, through a 429 and a kill -9: complete, each once, and quickly found',
  { timeout: 500_000 },
  async () => {
    const result = await listLargeTeam({ channels: 20_000, withinMs: 450_000, searchRatio: 12 });
    process.stdout.write(`soak: listing channels: ${result}\n`);
  },
);
