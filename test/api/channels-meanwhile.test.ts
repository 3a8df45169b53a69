import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ChannelDocument, ChannelsDocument, RefreshChannelsDocument } from '../generated/graphql.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { World } from '../support/world.ts';
import { control, SIGNING_SECRET } from './slack-event-steps.ts';

/** Its channels' ids come after those of all that are made later, which a listing therefore has on its first page. */
const TEAM = 'T0ZZZZ';
const TWO_PAGES = 1500;
const METHOD = 'conversations.list';

let world: World;
let desk: Desk;
beforeAll(async () => {
  world = await World.start({ simulator: { signingSecret: SIGNING_SECRET } });
  await world.slack.addTeam(TEAM, TWO_PAGES);
  desk = await openDesk(world, 'meanwhile', TEAM);
});
afterAll(() => world.stop());

const refresh = () => desk.admin.run(RefreshChannelsDocument, { input: { identityId: desk.bot.id } });

/** A listing that has read its first page, and for the next waits as long as Slack has asked for. */
const listingThatWaits = async (): Promise<void> => {
  const match = { method: METHOD, team: TEAM };
  await world.slack.fault({ match, fault: { type: 'slow', ms: 0 } });
  await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: 3600 } });
  await refresh();
  const waiting = `select run_pages from channel_directories where syncing_until > now() + interval '30 min'`;
  await expect.poll(() => world.database.query(waiting)).toEqual([{ run_pages: 1 }]);
};

const letItGoOn = async (): Promise<void> => {
  await world.database.query('update slack_call_budgets set arrival_at = now()');
  await world.database.query('update channel_directories set syncing_until = now()');
};

const listed = async (search: string) =>
  (await desk.admin.run(ChannelsDocument, { identityId: desk.bot.id, search })).channels;

/** What is listed of this name once the directory says that nothing is missing and nothing is on its way. */
const listedAtLast = (search: string): Promise<string[]> =>
  vi.waitFor(
    async () => {
      const { directory, nodes } = await listed(search);
      expect(directory).toMatchObject({ complete: true, syncing: false, gaps: [] });
      return nodes.map(({ name }) => name);
    },
    { timeout: 15_000, interval: 50 },
  );

const tell = (url: string | null) => control(world, 'events', { url });

/** The bot is invited to a private channel, and the server has heard of it. */
const invite = async (channel: string): Promise<void> => {
  await tell(`${world.url}/slack/events`);
  await world.slack.membership({ team: TEAM, channel, user: 'bot', member: true });
  const heard = `select from slack_events where change ->> 'channel' = $1 and finished_at is not null`;
  await expect.poll(() => world.database.query(heard, [channel])).toHaveLength(1);
  await tell(null);
};

test('a private channel that the bot is invited to during a listing is found once the listing says that it is complete', async () => {
  const channel = await world.slack.channel({ team: TEAM, name: 'invited-meanwhile', private: true });
  await listingThatWaits();
  await invite(channel);
  await letItGoOn();
  expect(await listedAtLast('invited-meanwhile')).toEqual(['invited-meanwhile']);
});

test('a listing is not complete from the invitation to a private channel until that is listed', async () => {
  const channel = await world.slack.channel({ team: TEAM, name: 'awaited', private: true });
  await listingThatWaits();
  expect((await listed('awaited')).directory).toMatchObject({ complete: true, syncing: true });
  await invite(channel);
  const { directory } = await listed('awaited');
  expect(directory).toMatchObject({ complete: false, syncing: true });
  expect(directory.gaps).toContain('new channels not listed yet');
  await letItGoOn();
  expect(await listedAtLast('awaited')).toEqual(['awaited']);
});

test('channels that are refreshed while they are read are read once more', async () => {
  await listingThatWaits();
  await world.slack.channel({ team: TEAM, name: 'made-meanwhile' });
  const before = (await world.slack.requests(METHOD)).length;
  await refresh();
  await refresh();
  await letItGoOn();
  expect(await listedAtLast('made-meanwhile')).toEqual(['made-meanwhile']);
  expect((await world.slack.requests(METHOD)).length - before).toBe(3);
});

test('a channel that Slack was asked about during a listing is still listed when that ends', async () => {
  await listingThatWaits();
  const id = await world.slack.channel({ team: TEAM, name: 'asked-about' });
  const { channel } = await desk.admin.run(ChannelDocument, { identityId: desk.bot.id, id });
  expect(channel).toMatchObject({ name: 'asked-about' });
  await letItGoOn();
  expect(await listedAtLast('asked-about')).toEqual(['asked-about']);
});

test('a listing that meets a trouble of Slack’s that passes goes on where it was', async () => {
  const asked = async (): Promise<number> => (await world.slack.requests(METHOD)).length;
  const before = await asked();
  const match = { method: METHOD, team: TEAM };
  await world.slack.fault({ match, fault: { type: 'slow', ms: 0 } });
  await world.slack.fault({ match, fault: { type: 'error', error: 'internal_error' } });
  await refresh();
  // Put off for less than a run is leased for.
  const ended = `select syncing_until > now() as is_put_off, problem, run_pages from channel_directories
    where syncing_until < now() + interval '16 s' or syncing_until is null`;
  await expect.poll(() => world.database.query(ended)).toEqual([{ is_put_off: true, problem: null, run_pages: 1 }]);
  expect((await listed('')).directory).toMatchObject({ syncing: true, gaps: [] });
  await letItGoOn();
  expect(await listedAtLast('general')).toEqual(['general']);
  expect((await asked()) - before).toBe(3);
});

test('every channel is listed where Slack gives short pages, empty ones before them, and then takes a cursor back', async () => {
  const team = 'T0SHORT';
  const made = await world.slack.addTeam(team, 5);
  const short = await openDesk(world, 'short', team);
  await world.slack.config({ listPageMax: 3, listEmptyPages: true });
  const match = { method: METHOD, team };
  await world.slack.fault({ match, fault: { type: 'slow', ms: 0 }, times: 2 });
  await world.slack.fault({ match, fault: { type: 'error', error: 'invalid_cursor' } });
  await expect
    .poll(async () => {
      const { channels } = await short.admin.run(ChannelsDocument, { identityId: short.bot.id });
      return channels.directory.complete && channels.nodes.map(({ id }) => id).toSorted();
    })
    .toEqual(made);
  await world.slack.config({ listPageMax: 1000, listEmptyPages: false });
  // Two of the run that was broken off, the refused one, and two short pages with an empty one before each.
  const asked = (await world.slack.requests(METHOD)).filter((request) => request.team === team);
  expect(asked).toHaveLength(2 + 1 + 4);
});
