import { test } from 'vitest';
import { listLargeTeam } from './list-channels.ts';

test(
  "a large team's channels are listed whole and each once, through a 429 and a kill -9, within Slack's limit for all",
  { timeout: 120_000 },
  async () => {
    const result = await listLargeTeam({ channels: 4_500, withinMs: 100_000 });
    process.stdout.write(`listing channels: ${result}\n`);
  },
);
