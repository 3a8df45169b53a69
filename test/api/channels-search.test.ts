import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChannelsDocument } from '../generated/graphql.ts';
import { openDesk, type Desk } from '../support/desk.ts';
import { World } from '../support/world.ts';

const TEAM = 'T0SEARCH';
/** More than are read in order before the index is asked. */
const NUMBERED = 1_400;
const ODD = ['100%-done', 'a_b', 'back\\slash', 'ärger-mit-öl', '名前-会議', 'ops', 'x', 'zz-last', 'zz-%-mixed_1'];

let world: World;
let desk: Desk;
let names: string[];
beforeAll(async () => {
  world = await World.start();
  await world.slack.addTeam(TEAM, NUMBERED);
  for (const name of ODD) await world.slack.channel({ team: TEAM, name });
  desk = await openDesk(world, 'search', TEAM);
  names = await everything(undefined);
  expect(names).toHaveLength(NUMBERED + ODD.length);
});
afterAll(() => world.stop());

/** Every page of a search, to its end. */
const everything = async (search: string | undefined): Promise<string[]> => {
  const read = async (after?: string): Promise<string[]> => {
    const variables = { identityId: desk.bot.id, search, first: 100, includeArchived: true, after };
    const { channels } = await desk.admin.run(ChannelsDocument, variables);
    const page = channels.nodes.map(({ name }) => name);
    const { hasNextPage, endCursor } = channels.pageInfo;
    return hasNextPage ? [...page, ...(await read(endCursor ?? undefined))] : page;
  };
  return read();
};

test.each([
  ['one character that many names hold', '1'],
  ['one character that one name holds', 'x'],
  ['two characters that all numbered names hold', 'ch'],
  ['what fills many pages', 'channel-1'],
  ['what names hold here and there', '99'],
  ['a whole name', 'channel-777'],
  ['a name that comes after all others', 'zz'],
  ['capitals', 'CHANNEL-13'],
  ['capitals with marks', 'ÄRGER'],
  ['another script', '会議'],
  ['a percent sign', '%'],
  ['a percent sign among others', '0%-'],
  ['an underscore', '_b'],
  ['a backslash', 'k\\s'],
  ['what no name holds', 'no-such-channel'],
  ['pairs that more names hold than the whole', '212'],
  ['nothing', ''],
])('a search for %s finds every name that holds it, each once and in order', async (_what, search) => {
  const expected = names.filter((name) => name.includes(search.toLowerCase()));
  expect(await everything(search)).toEqual(expected);
});

test.each([
  ['#channel-777', 'channel-777'],
  ['  #Ops ', 'ops'],
  ['@zz', 'zz'],
  ['   ', ''],
  ['#', ''],
])('a search for %j, as people write it, finds what %j finds', async (written, name) => {
  expect(await everything(written)).toEqual(names.filter((each) => each.includes(name)));
});

test('a listing finds none of the names of another', async () => {
  await world.slack.addTeam('T0OTHERS', 3);
  await world.slack.channel({ team: 'T0OTHERS', name: 'theirs-alone' });
  const other = await openDesk(world, 'others', 'T0OTHERS');
  const search = 'theirs';
  const { channels } = await other.admin.run(ChannelsDocument, { identityId: other.bot.id, search });
  expect(channels.nodes.map(({ name }) => name)).toEqual(['theirs-alone']);
  expect(await everything(search)).toEqual([]);
});

test.each([
  ['of more than 1,000 characters', 'x'.repeat(1001)],
  ['that holds half of a character', 'a\ud83d'],
])('a search %s is BAD_USER_INPUT, and is not looked for', async (_name, search) => {
  expect(await desk.admin.failureCodes(ChannelsDocument, { identityId: desk.bot.id, search })).toEqual([
    'BAD_USER_INPUT',
  ]);
});

test('the longest search that is taken finds nothing', async () => {
  expect(await everything('x'.repeat(1000))).toEqual([]);
});
