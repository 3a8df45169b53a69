import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, isLeafType, isObjectType, type GraphQLObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CancelNotificationDocument, ChannelsDocument, ResendNotificationDocument } from '../generated/graphql.ts';
import { settled } from '../support/database.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';
import { triggersOf } from './trigger-steps.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const LATER = '2090-01-01T00:00:00Z';

const leavesOf = (type: GraphQLObjectType): string[] =>
  Object.values(type.getFields())
    .filter((field) => isLeafType(getNamedType(field.type)))
    .map(({ name }) => name);

/** Each field of a notification, with all that can be read of what it holds. */
const SELECTIONS = Object.values((schema.getType('Notification') as GraphQLObjectType).getFields()).map((field) => {
  const type = getNamedType(field.type);
  return isObjectType(type) ? `${field.name} { ${leavesOf(type).join(' ')} }` : field.name;
});
const nameOf = (selection: string): string => selection.split(' ')[0] ?? '';

type Node = Readonly<Record<string, unknown>>;

let world: World;
let desk: Desk;

const nodesWith = async (selection: string): Promise<readonly Node[]> => {
  const query = `query { notificationHistory(workspaceId: "fields") { nodes { ${selection} } } }`;
  const { data, errors } = await desk.admin.send<{ notificationHistory: { nodes: Node[] } }>(query);
  expect(errors).toBeUndefined();
  return data?.notificationHistory.nodes ?? [];
};

/** One with whatever can be set, one that failed and was resent, one that waits. */
const fill = async (): Promise<void> => {
  const feed = await world.followFromNow(desk.admin, 'fields');
  const first = await accepted(desk.admin, desk.message({ text: 'the first' }));
  await feed.untilAtRest(first.id);
  const [{ slackMessageTs: threadTs } = {}] = await nodesWith('slackMessageTs');
  const given = {
    blocks: [{ type: 'divider' }],
    metadata: { order: 7 },
    websiteId: 'site-1',
    idempotencyKey: 'key-1',
    threadTs: threadTs as string,
  };
  const whole = await accepted(desk.admin, desk.message(given));
  await feed.untilAtRest(whole.id);
  const triggered = await triggersOf(desk).trigger();
  await feed.untilAtRest(triggered.notification?.id ?? '');
  const canceled = await accepted(desk.admin, desk.message({ scheduledFor: LATER }));
  await desk.admin.run(CancelNotificationDocument, { input: { id: canceled.id } });
  const input = { id: canceled.id, reason: 'wanted after all' };
  const { resendNotification } = await desk.admin.run(ResendNotificationDocument, { input });
  await feed.untilAtRest(resendNotification.notification?.id ?? '');
  await world.slack.fault({
    match: { method: 'chat.postMessage' },
    fault: { type: 'error', error: 'is_archived' },
    times: 1,
  });
  const failed = await accepted(desk.admin, desk.message());
  await feed.untilAtRest(failed.id);
  await accepted(desk.admin, desk.message({ scheduledFor: LATER }));
  feed.stop();
  await settled(world.database);
};

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, 'fields');
  // The directory has to be there for a channel's name to be known.
  await desk.admin.run(ChannelsDocument, { identityId: desk.bot.id });
  await fill();
});
afterAll(() => world.stop());

describe('a page reads what it shows', () => {
  /** As each is shown by itself. */
  let whole: readonly Node[];
  let links: readonly Node[];
  beforeAll(async () => {
    // Slack is asked for each once.
    links = await nodesWith('permalink');
    const query = `query ($id: ID!) { notification(id: $id) { ${SELECTIONS.join(' ')} } }`;
    const shown = async ({ id }: Node): Promise<Node> => {
      const { data } = await desk.admin.send<{ notification: Node }>(query, { id });
      return data?.notification ?? {};
    };
    whole = await Promise.all((await nodesWith('id')).map(shown));
  });

  test('and has something of every field to show', () => {
    const isEmpty = (value: unknown): boolean =>
      value === null ||
      value === undefined ||
      value === '' ||
      (Object.keys(value).length === 0 && typeof value === 'object');
    expect(SELECTIONS.map(nameOf).filter((name) => whole.every((node) => isEmpty(node[name])))).toEqual(['selectedBy']);
  });

  test('and finds a link to a message that nobody has asked for before', () => {
    expect(links).toEqual(whole.map(({ permalink }) => ({ permalink })));
  });

  test.each(SELECTIONS.map((selection) => [nameOf(selection), selection]))(
    'and shows %s alone as among all others',
    async (name, selection) => {
      expect(await nodesWith(selection)).toEqual(whole.map((node) => ({ [name]: node[name] })));
      expect(await nodesWith(`again: ${selection}`)).toEqual(whole.map((node) => ({ again: node[name] })));
    },
  );

  test('and shows what is asked for by fragments, under other names, of edges and of what it resends', async () => {
    const query = `query { notificationHistory(workspaceId: "fields") { edges { node { ...Line } } } }
      fragment Line on Notification { said: text ... on Notification { resendOf { resendReason metadata text } } }`;
    const { data } = await desk.admin.send<{ notificationHistory: { edges: { node: Node }[] } }>(query);
    const lines = data?.notificationHistory.edges.map(({ node }) => node);
    expect(lines).toEqual(
      whole.map(({ text, resendOf }) => ({ said: text, resendOf: resendOf && expect.objectContaining({ text }) })),
    );
  });
});
