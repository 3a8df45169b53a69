import { readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as documents from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk, type Person } from '../support/desk.ts';
import { idCoordinates, operationWith, type IdCoordinate, type ValuesByName } from '../support/id-coordinates.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { accepted, World } from '../support/world.ts';

type Kind =
  'workspace' | 'connection' | 'authorization' | 'identity' | 'notification' | 'channel' | 'user' | 'key' | 'website';

/** What an id of this name is an id of. A new one has to be entered here, or the first test fails. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  workspaceId: ['workspace'],
  connectionId: ['connection'],
  authorizationId: ['authorization'],
  identityId: ['identity'],
  notificationId: ['notification'],
  channelId: ['channel'],
  defaultChannelId: ['channel'],
  userId: ['user'],
  requestedBy: ['user'],
  selectedBy: ['user'],
  websiteId: ['website'],
  key: ['key'],
  eventType: ['key'],
  'connection.id': ['connection'],
  'notification.id': ['notification'],
  'channel.id': ['channel'],
  'cancelNotification.input.id': ['notification'],
  'resendNotification.input.id': ['notification'],
  'resolveUnconfirmed.input.id': ['notification'],
  'disconnect.input.id': ['connection', 'authorization'],
};

const kindsOf = ({ name, path }: IdCoordinate): readonly Kind[] => KINDS[name] ?? KINDS[path.at(-1) ?? ''] ?? [];

const NOWHERE: Readonly<Record<Kind, string>> = {
  workspace: 'a-workspace-that-does-not-exist',
  connection: '0198c0de-0000-7000-8000-000000000001',
  authorization: '0198c0de-0000-7000-8000-000000000002',
  identity: '0198c0de-0000-7000-8000-000000000003',
  notification: '0198c0de-0000-7000-8000-000000000004',
  channel: 'C0NOWHERE01',
  user: 'a-user-who-does-not-exist',
  key: 'an_event_that_does_not_exist',
  website: 'a-website-that-does-not-exist',
};

const coordinates = idCoordinates(buildSchema(readFileSync('schema.graphql', 'utf8')));
const cases = coordinates.flatMap((coordinate) =>
  kindsOf(coordinate).map((kind) => [`${coordinate.name}, of a ${kind}`, coordinate, kind] as const),
);

let world: World;
let desk: Desk;
let ana: Person;
let stranger: Caller;
let member: Caller;
let ofStranger: ValuesByName;
let ofMember: ValuesByName;
/** Ids that exist, by what they are of; all of them of the workspace `open`, and those of a person are Ana's. */
let existing: Record<Kind, readonly string[]>;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'open');
  const own = await openDesk(world, 'own', 'T0GLOBEX');
  ana = await joinAsPerson(world, desk, 'ana', 'U0ACME001', 'ADMIN');
  stranger = own.admin;
  member = await world.as('cy', { open: 'MEMBER' });
  const eventType = {
    workspaceId: 'open',
    key: 'an_event_of_open',
    title: 'x',
    template: 'x',
    fallback: 'x',
    priority: 'LOW',
    sampleContext: {},
  };
  await desk.admin.send(documents.SaveEventTypeDocument.toString(), { input: eventType });
  const byBot = await accepted(desk.admin, desk.message({ websiteId: 'site-of-open' }));
  const byAna = await accepted(ana.caller, desk.message({ sender: { identityId: ana.identity.id } }));
  existing = {
    workspace: ['open'],
    connection: [desk.connection.id],
    authorization: [ana.authorizationId],
    identity: [ana.identity.id, desk.bot.id],
    notification: [byAna.id, byBot.id],
    channel: ['C0ACME0001'],
    user: ['ana'],
    key: ['an_event_of_open'],
    website: ['site-of-open'],
  };
  const valuesOf = ({ workspaceId, connection, bot }: Desk, channelId: string): ValuesByName => ({
    workspaceId,
    identityId: bot.id,
    connectionId: connection.id,
    channelId,
    id: channelId,
    scheduledFor: new Date(Date.now() + 3_600_000).toISOString(),
    eventType: 'audit_complete',
    key: 'audit_complete',
  });
  ofStranger = valuesOf(own, 'C0GLOBEX0001');
  ofMember = valuesOf(desk, 'C0ACME0001');
});
afterAll(() => world.stop());

/** Names of kinds, and what differs from call to call, replaced by a word. */
const anonymous = (answer: unknown, value: string): unknown =>
  JSON.parse(
    JSON.stringify(answer)
      .replaceAll(value.length < 8 ? JSON.stringify(value) : value, value.length < 8 ? '"<the id>"' : '<the id>')
      .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<an id>')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<a time>'),
  );

const overSocket = async (caller: Caller, payload: object): Promise<unknown> => {
  const socket = await RawSocket.open(caller.url, `Bearer ${caller.token}`);
  await socket.message('connection_ack');
  socket.send({ type: 'subscribe', id: '1', payload });
  const answer = await socket.message('error', 'next');
  socket.socket.close();
  return answer;
};

/** What a caller is told with this id at this place. */
const told = async (caller: Caller, coordinate: IdCoordinate, value: string, own: ValuesByName): Promise<unknown> => {
  const { query, variables } = operationWith(coordinate, value, own);
  // Both its kinds want something else beside.
  const input = variables['input'] as { kind?: string } | undefined;
  if (input?.kind) input.kind = coordinate.path.includes('authorizationId') ? 'PERSONAL_USER' : 'WORKSPACE_BOT';
  if (coordinate.operation === 'subscription') return anonymous(await overSocket(caller, { query, variables }), value);
  const { status, data, errors } = await caller.send(query, variables);
  const shown = (errors ?? []).map(({ message, path, extensions }) => ({ message, path, extensions }));
  return anonymous({ status, data, errors: shown }, value);
};

/** A malformed request (400) would be answered alike as well, and show nothing. */
const MALFORMED = /"status":400|GRAPHQL_VALIDATION_FAILED|INTERNAL|INVALID_INPUT|QUERY_TOO_COMPLEX/;

const expectSame = async (
  caller: Caller,
  coordinate: IdCoordinate,
  kind: Kind,
  values: readonly string[],
  own: ValuesByName,
) => {
  const nowhere = await told(caller, coordinate, NOWHERE[kind], own);
  expect(JSON.stringify(nowhere)).not.toMatch(MALFORMED);
  for (const value of values) expect(await told(caller, coordinate, value, own)).toEqual(nowhere);
};

test('every id of the API is looked at', () => {
  expect(coordinates.length).toBeGreaterThan(60);
  expect(coordinates.filter((coordinate) => kindsOf(coordinate).length === 0).map(({ name }) => name)).toEqual([]);
});

describe('an id of another workspace is answered as one that does not exist', () => {
  test.each(cases)('%s', async (_name, coordinate, kind) => {
    await expectSame(stranger, coordinate, kind, existing[kind], ofStranger);
  });
});

describe('an id of somebody else is answered as one that does not exist, to a member of the workspace', () => {
  /** What a member may not see; the bot's notifications are everybody's, whoever asked for them. */
  const hidden: readonly Kind[] = ['authorization', 'identity', 'notification', 'user'];
  const personal = cases.filter(([, { path }, kind]) => hidden.includes(kind) && path.at(-1) !== 'requestedBy');
  test.each(personal)('%s', async (_name, coordinate, kind) => {
    await expectSame(member, coordinate, kind, existing[kind].slice(0, 1), ofMember);
  });
});
