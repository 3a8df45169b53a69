import { expect, test, vi } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { deliveryIdOf, fillQueue, openTeams, wholeLedger } from '../support/load.ts';
import { accepted, World } from '../support/world.ts';

/** A team has one turn in a round of so many, and one message goes at a time. */
const OTHERS = 40;

/** How many messages of others go before that of a team which had nothing waiting, counted from when it may go. */
const goBefore = async (scheduledInMs?: number): Promise<number> => {
  const world = await World.start({ env: { ...UNPACED, TEAM_CONCURRENCY: '0', DELIVERY_CONCURRENCY: '1' } });
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
    const names = Array.from({ length: OTHERS }, (_, number) => [`ROUND${number}`, 2] as const);
    const [newcomer, ...others] = await openTeams(world, { NEWCOMER: 1, ...Object.fromEntries(names) });
    if (!newcomer) throw new Error('There is no team.');
    for (const team of others) await fillQueue(world.database, team, { rows: 30 });
    const ready = await wholeLedger(world);
    await vi.waitUntil(async () => (await wholeLedger(world)).length > ready.length + 5, { timeout: 10_000 });
    const scheduledFor = scheduledInMs === undefined ? null : new Date(Date.now() + scheduledInMs).toISOString();
    const message = newcomer.message({ channelId: newcomer.channels[0] ?? '', scheduledFor });
    const { id, createdAt } = await accepted(newcomer.admin, message);
    const at = Date.parse(scheduledFor ?? createdAt);
    const ofIt = async () => (await wholeLedger(world)).find((entry) => deliveryIdOf(entry) === id);
    const posted = await vi.waitUntil(ofIt, { timeout: 30_000, interval: 50 });
    return (await wholeLedger(world)).filter((entry) => entry.at >= at && entry.seq < posted.seq).length;
  } finally {
    await world.stop();
  }
};

test('the first message of a team does not wait for a round over all others', { timeout: 60_000 }, async () => {
  expect(await goBefore()).toBeLessThan(OTHERS / 2);
});

test('nor does one whose time has come', { timeout: 60_000 }, async () => {
  expect(await goBefore(1500)).toBeLessThan(OTHERS);
});
