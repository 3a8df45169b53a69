import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LedgerEntry } from '../../simulator/ledger.ts';
import { NotificationDocument, type SendNotificationInput } from '../generated/graphql.ts';
import type { Desk } from '../support/desk.ts';
import {
  deliveryIdOf,
  fillQueue,
  mostIn,
  openTeams,
  postRequests,
  report,
  untilAtRest,
  wholeLedger,
} from '../support/load.ts';
import { inSomeRound } from '../support/rounds.ts';
import { accepted, World } from '../support/world.ts';
import { LATENCY_MS, startLimited, times } from './limited-world.ts';

/** A post may end a little before its latency is over, as seen from the log. */
const OPEN_MS = LATENCY_MS - 40;

let world: World;
afterEach(() => world.stop());

const start = async (env: Record<string, string>, servers = 1): Promise<void> => {
  world = await startLimited('limits of a team', env, servers);
};

/** Sends; answers with how many posts were at Slack after the answer and before the message. */
const sentBefore = async (
  { admin }: Desk,
  input: SendNotificationInput,
  isCounted: (entry: LedgerEntry) => boolean = () => true,
): Promise<() => Promise<number>> => {
  const { id } = await accepted(admin, input);
  const answeredAt = Date.now();
  return async () => {
    const find = async () => (await wholeLedger(world)).find((entry) => deliveryIdOf(entry) === id);
    const mine = await vi.waitUntil(find, { timeout: 15_000, interval: 50 });
    const before = (await wholeLedger(world)).filter((entry) => entry.at > answeredAt && entry.seq < mine.seq);
    return before.filter(isCounted).length;
  };
};

/** Those that were claimed already, and the one that the channel of the URGENT message has open. */
const isLittle = (counts: readonly number[]): boolean => Math.min(...counts) <= 4;

describe('a team', () => {
  test.each([
    ['3', 3],
    ['10', 10],
    ['0', 30],
  ])('with TEAM_CONCURRENCY=%s has at most %i posts open, and as many where so many wait', async (limit, most) => {
    await start({ TEAM_CONCURRENCY: limit, DELIVERY_CONCURRENCY: '30' });
    const [team] = await openTeams(world, { MANY: 40 });
    if (!team) throw new Error('There is no team.');
    await fillQueue(world.database, team, { rows: most * 6 });
    await untilAtRest(world.database, 30_000);
    const open = mostIn(OPEN_MS, times(await postRequests(world)));
    report(`TEAM_CONCURRENCY=${limit}`, { 'most open': open });
    expect(open).toBeLessThanOrEqual(most);
    expect(open).toBeGreaterThanOrEqual(most - 1);
  });

  test('with as many posts open as it may have says that the next one waits for its turn', async () => {
    await start({ TEAM_CONCURRENCY: '1' });
    const [team] = await openTeams(world, { MANY: 2 });
    if (!team) throw new Error('There is no team.');
    const [busy = '', free = ''] = team.channels;
    await world.slack.fault({
      match: { method: 'chat.postMessage', channel: busy },
      fault: { type: 'slow', ms: 5000 },
      times: 1,
    });
    const read = async (id: string) => (await team.admin.run(NotificationDocument, { id })).notification;
    const open = await accepted(team.admin, team.message({ channelId: busy }));
    await expect.poll(() => read(open.id)).toMatchObject({ status: 'SENDING', waiting: null });
    const next = await accepted(team.admin, team.message({ channelId: free }));
    expect(await read(next.id)).toMatchObject({
      status: 'QUEUED',
      waiting: { reason: 'PACING', until: null, position: 0 },
    });
    await untilAtRest(world.database, 30_000);
    expect(await read(next.id)).toMatchObject({ status: 'DELIVERED', waiting: null });
  });

  test('with TEAM_MESSAGES_PER_MINUTE=120 sends two a second and a burst, over all processes together', async () => {
    const PER_SECOND = 2;
    const BURST = 20;
    const SECONDS = 6;
    await start({ TEAM_CONCURRENCY: '0', TEAM_MESSAGES_PER_MINUTE: `${PER_SECOND * 60}` }, 2);
    const [team] = await openTeams(world, { MANY: 40 });
    if (!team) throw new Error('There is no team.');
    await fillQueue(world.database, { ...team, channels: team.channels.slice(0, 39) }, { rows: 200 });
    await pause(SECONDS * 1000);
    // In a channel of its own: nothing but the team's limit holds it.
    const alone = await accepted(team.admin, team.message({ channelId: team.channels[39] ?? '', priority: 'LOW' }));
    // Twice a second it is the team's turn, and then nothing is waited for.
    const waiting = async () => (await team.admin.run(NotificationDocument, { id: alone.id })).notification?.waiting;
    const detail: unknown = expect.stringContaining('Its team');
    await expect.poll(waiting).toMatchObject({ reason: 'PACING', detail, until: expect.any(String) as unknown });
    const posted = times(await postRequests(world));
    const tookSeconds = ((posted.at(-1) ?? 0) - (posted[0] ?? 0)) / 1000;
    report('TEAM_MESSAGES_PER_MINUTE=120', { posts: posted.length, in: `${tookSeconds.toFixed(1)} s` });
    // The budget is the database's; what is judged is when a post arrived, and the first may have been late by a second.
    expect(posted.length).toBeLessThanOrEqual(BURST + PER_SECOND * (tookSeconds + 1) + 1);
    expect(posted.length).toBeGreaterThanOrEqual(BURST + PER_SECOND * (tookSeconds - 1));
  });

  test('sends what is URGENT first, and a team that was idle does not queue behind one that is not', async () => {
    await start({ TEAM_CONCURRENCY: '2', DELIVERY_CONCURRENCY: '4' });
    const [busy, busier, idle] = await openTeams(world, { BUSY: 20, BUSIER: 20, IDLE: 1 });
    if (!busy || !busier || !idle) throw new Error('There are no teams.');
    for (const team of [busy, busier]) await fillQueue(world.database, team, { rows: 400 });
    await expect.poll(async () => (await wholeLedger(world)).length).toBeGreaterThan(4);
    const [ofTheUrgent, ofTheIdle]: [number[], number[]] = [[], []];
    const goFirst = async (): Promise<boolean> => {
      const urgent = { priority: 'URGENT', channelId: busy.channels[19] ?? '', text: 'urgent' } as const;
      const ofBusy = ({ team }: LedgerEntry): boolean => team === busy.team;
      const counted = [
        await sentBefore(busy, busy.message(urgent), ofBusy),
        await sentBefore(idle, idle.message({ channelId: idle.channels[0] ?? '', text: 'new flow' })),
      ] as const;
      const [first, second] = await Promise.all(counted.map((count) => count()));
      ofTheUrgent.push(first ?? Infinity);
      ofTheIdle.push(second ?? Infinity);
      return isLittle(ofTheUrgent) && isLittle(ofTheIdle);
    };
    const isFirst = await inSomeRound(3, goFirst);
    report('who goes first', {
      'posts before the URGENT one, of its team': ofTheUrgent.join(', '),
      'before the idle team': ofTheIdle.join(', '),
    });
    expect(isFirst).toBe(true);
  });
});
