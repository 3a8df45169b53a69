import { expect, vi } from 'vitest';
import { ChannelsDocument, ViewerDocument } from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { joinAsPerson, openDesk } from '../support/desk.ts';
import { World } from '../support/world.ts';

const TEAM = 'T0LOAD1';
const METHOD = 'conversations.list';
const PER_MINUTE = 20;
const PAGE = 999;

export interface ListingPlan {
  readonly channels: number;
  readonly withinMs: number;
  /** How many times a bare query a search may take, in the same minute on the same machine; the times are then in the answer. */
  readonly searchRatio?: number;
}

/**
 * The bot and a person of a large team list its channels at the same time, under Slack's limit for both together; Slack
 * answers one page with a 429, and the server is killed in the middle. Answers with the figures.
 */
export const listLargeTeam = async ({ channels, withinMs, searchRatio }: ListingPlan): Promise<string> => {
  const world = await World.start({ env: { SLACK_TIMEOUT_MS: '2000' } });
  try {
    const ids = await world.slack.addTeam(TEAM, channels);
    await world.slack.config({ methodsPerMinute: { [METHOD]: PER_MINUTE } });
    const slow = { match: { method: METHOD }, fault: { type: 'slow', ms: 150 }, times: 0 };
    await world.slack.fault(slow);
    const desk = await openDesk(world, 'large', TEAM);
    const person = await joinAsPerson(world, desk, 'ada', await world.slack.somebodyOf(TEAM));
    const startedAt = Date.now();
    const first = { first: 1 };
    const asked = Promise.allSettled([
      desk.admin.run(ChannelsDocument, { identityId: desk.bot.id, ...first }),
      person.caller.run(ChannelsDocument, { identityId: person.identity.id, ...first }),
    ]);
    await pagesRead(world, 2);
    await world.slack.clearFaults();
    await world.slack.fault({ match: { method: METHOD }, fault: { type: 'ratelimit', retryAfter: 2 } });
    await world.slack.fault(slow);
    await vi.waitFor(async () => expect(await limited(world)).toHaveLength(1), { timeout: 60_000, interval: 20 });
    world.servers[0]?.kill('SIGKILL');
    await asked;

    const url = await world.addServer();
    const admin = await world.as(desk.admin.userId, { large: 'ADMIN' }, url);
    const ada = await world.as('ada', { large: 'MEMBER' }, url);
    await world.slack.clearFaults();
    for (const [caller, identityId] of [
      [admin, desk.bot.id],
      [ada, person.identity.id],
    ] as const) {
      await complete(caller, identityId, withinMs - (Date.now() - startedAt));
      expect((await everything(caller, identityId)).toSorted()).toEqual(ids.toSorted());
    }
    const seconds = Math.round((Date.now() - startedAt) / 1000);
    const calls = await judgeCalls(world, channels);
    const listed = `${channels} channels twice in ${seconds} s, ${calls}`;
    if (searchRatio === undefined) return listed;
    const search = await searchTimes(admin, desk.bot.id);
    if (search.ratio >= searchRatio) throw new Error(`Searching is too slow: ${search.text}`);
    return `${listed}; ${search.text}`;
  } finally {
    await world.stop();
  }
};

const pagesRead = (world: World, pages: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const rows = await world.database.query<{ run_pages: number }>('select run_pages from channel_directories');
      expect(Math.max(0, ...rows.map((row) => row.run_pages))).toBeGreaterThanOrEqual(pages);
    },
    { timeout: 20_000, interval: 20 },
  );

const limited = async (world: World) => (await world.slack.requests(METHOD)).filter(({ status }) => status === 429);

/** Never a silent gap: as long as it is not complete, it says how far it has come. */
const complete = (caller: Caller, identityId: string, timeout: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const { directory } = (await caller.run(ChannelsDocument, { identityId, first: 1 })).channels;
      if (!directory.complete) expect(directory.gaps.join()).toMatch(/^sync running, (\d+ pages? read|\d+ %)$/);
      expect(directory).toMatchObject({ complete: true, syncing: false, gaps: [] });
    },
    { timeout, interval: 250 },
  );

/** Every id of every page, in order and as often as it comes. */
const everything = async (caller: Caller, identityId: string): Promise<string[]> => {
  const ids: string[] = [];
  const read = async (after?: string): Promise<string | null | undefined> => {
    const page = { identityId, first: 100, includeArchived: true, ...(after === undefined ? {} : { after }) };
    const { channels } = await caller.run(ChannelsDocument, page);
    ids.push(...channels.nodes.map(({ id }) => id));
    return channels.pageInfo.hasNextPage ? channels.pageInfo.endCursor : undefined;
  };
  for (let after = await read(); after; after = await read(after));
  return ids;
};

const judgeCalls = async (world: World, channels: number): Promise<string> => {
  const calls = await world.slack.requests(METHOD);
  const refused = calls.filter(({ status, fault }) => status === 429 && fault === null);
  expect(refused).toEqual([]);
  const perMinute = calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + 60_000).length);
  expect(Math.max(...perMinute)).toBeLessThanOrEqual(PER_MINUTE);
  // Each page once for each of the two, the refused one, and what was in the air when the server died.
  const pages = 2 * Math.ceil(channels / PAGE);
  expect(calls.length).toBeLessThanOrEqual(pages + 3);
  return `${calls.length} calls for ${pages} pages, at most ${Math.max(...perMinute)} a minute, 1 refused on purpose`;
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const timed = async (times: number, work: (index: number) => Promise<unknown>): Promise<number[]> => {
  const taken: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const startedAt = performance.now();
    await work(index);
    taken.push(performance.now() - startedAt);
  }
  return taken.toSorted((a, b) => a - b);
};

/** Names that are found at once, late, and never: the last reads the whole directory. */
const TERMS = ['a', '1', '-1999', 'no-such-channel', 'web', '77', 'zz', 'alert'];

const searchTimes = async (caller: Caller, identityId: string): Promise<{ ratio: number; text: string }> => {
  const search = (index: number) => caller.run(ChannelsDocument, { identityId, search: TERMS[index % TERMS.length] });
  // Of several rounds the quietest: what else the machine does meanwhile is not what is measured.
  const rounds = [await timed(200, search), await timed(200, search), await timed(200, search)];
  const searches = rounds.toSorted((a, b) => quantile(a, 0.95) - quantile(b, 0.95))[0] ?? [];
  const viewers = await timed(200, () => caller.run(ViewerDocument, {}));
  const [p95, bare] = [quantile(searches, 0.95), quantile(viewers, 0.95)];
  const figures = [quantile(searches, 0.5), p95, bare].map((ms) => ms.toFixed(1));
  return {
    ratio: p95 / bare,
    text: `search p50 ${figures[0]} ms, p95 ${figures[1]} ms, beside ${figures[2]} ms of a bare query`,
  };
};
