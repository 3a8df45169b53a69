import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;
afterEach(() => torture.stop());

const PRELOAD = `--import=${path.resolve(import.meta.dirname, '../support/shifted-clock.mjs')}`;
const TEN_MINUTES_MS = 600_000;

const shifted = (ms: number) => ({ NODE_OPTIONS: PRELOAD, CLOCK_SHIFT_MS: `${ms}` });

/** Milliseconds by which any post came before the Retry-After that its channel had been given. */
const earliness = async (): Promise<number> => {
  const until = new Map<string | null, number>();
  let worst = 0;
  for (const { at, channel, status, retryAfter } of await torture.world.slack.requests('chat.postMessage')) {
    worst = Math.max(worst, (until.get(channel) ?? 0) - at);
    if (status === 429) until.set(channel, at + Number(retryAfter) * 1000);
  }
  return worst;
};

test(
  'processes whose clocks are ten minutes off neither retry early nor double nor stick',
  { timeout: 90_000 },
  async () => {
    const name = 'clocks ten minutes off';
    torture = await Torture.start({ chance: chanceOf(name), roles: ['api'], channels: 10 });
    const { fleet, world } = torture;
    await fleet.add('delivery', shifted(TEN_MINUTES_MS));
    await fleet.add('delivery', shifted(-TEN_MINUTES_MS));
    const faults = [
      { type: 'ratelimit', retryAfter: '2' },
      { type: 'reset_after' },
      { type: 'reset_before' },
      { type: 'apply_late', ms: 1500 },
      { type: 'error', error: 'service_unavailable' },
    ];
    for (const fault of faults)
      await world.slack.fault({ match: { method: 'chat.postMessage' }, fault, times: 6, probability: 0.1 });
    await torture.sendAll(1, 120);
    const scheduledFor = new Date(Date.now() + 3000).toISOString();
    const later = await torture.send(torture.message(121, { scheduledFor }));
    const restMs = await torture.untilAtRest(60_000);
    const summary = await torture.expectClean();
    expect(await earliness()).toBe(0);
    const posted = (await world.slack.postsOf(later))[0];
    expect(posted?.at).toBeGreaterThanOrEqual(Date.parse(scheduledFor));
    process.stdout.write(`${name}: ${summary}; at rest after ${restMs} ms\n`);
  },
);
