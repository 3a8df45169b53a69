import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { deliveryIdOf, fillQueue, openTeams, wholeLedger, type LoadTeam } from '../support/load.ts';
import { accepted, World } from '../support/world.ts';

/** A team has one turn in a round of so many, and one message goes at a time. */
const OTHERS = 40;

let world: World;
let newcomers: readonly LoadTeam[];

beforeAll(async () => {
  world = await World.start({ env: { ...UNPACED, TEAM_CONCURRENCY: '0', DELIVERY_CONCURRENCY: '1' } });
  await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 20 });
  const names = Array.from({ length: OTHERS }, (_, number) => [`ROUND${number}`, 2] as const);
  const teams = await openTeams(world, { NEWCOMER0: 1, NEWCOMER1: 1, ...Object.fromEntries(names) });
  newcomers = teams.slice(0, 2);
  // More than is sent before both tests are over.
  for (const team of teams.slice(2)) await fillQueue(world.database, team, { rows: 60 });
});
afterAll(() => world?.stop());

/** How many messages of others go before that of a team which had nothing waiting, counted from when it may go. */
const goBefore = async (newcomer: LoadTeam | undefined, scheduledInMs?: number): Promise<number> => {
  if (!newcomer) throw new Error('There is no team.');
  const ready = await wholeLedger(world);
  await vi.waitUntil(async () => (await wholeLedger(world)).length > ready.length + 5, { timeout: 10_000 });
  const when = scheduledInMs === undefined ? {} : { scheduledFor: new Date(Date.now() + scheduledInMs).toISOString() };
  const channelId = newcomer.channels[0] ?? '';
  const { id, createdAt, scheduledFor } = await accepted(newcomer.admin, newcomer.message({ channelId, ...when }));
  const at = Date.parse(scheduledFor ?? createdAt);
  const ofIt = async () => (await wholeLedger(world)).find((entry) => deliveryIdOf(entry) === id);
  const posted = await vi.waitUntil(ofIt, { timeout: 30_000, interval: 50 });
  return (await wholeLedger(world)).filter((entry) => entry.at >= at && entry.seq < posted.seq).length;
};

test('the first message of a team does not wait for a round over all others', { timeout: 60_000 }, async () => {
  expect(await goBefore(newcomers[0])).toBeLessThan(OTHERS / 2);
});

test('nor does one whose time has come', { timeout: 60_000 }, async () => {
  expect(await goBefore(newcomers[1], 1500)).toBeLessThan(OTHERS);
});
