import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'malformed');
});
afterAll(() => world.stop());

const post = async (body: string, headers: Record<string, string> = {}) => {
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.admin.token}`, ...headers },
    body,
  });
  const answer = (await response.json()) as { errors?: { extensions: { code: string } }[]; data?: unknown };
  return { status: response.status, codes: (answer.errors ?? []).map(({ extensions }) => extensions.code), answer };
};

const SEND = `mutation ($input: SendNotificationInput!) {
  sendNotification(input: $input) { notification { id } userErrors { code } } }`;
const HISTORY = `query ($first: Int, $after: String, $filter: NotificationFilter) {
  notificationHistory(workspaceId: "malformed", first: $first, after: $after, filter: $filter) { nodes { id } } }`;
const CHANNELS = `query ($id: ID!, $first: Int, $after: String, $search: String) {
  channels(identityId: $id, first: $first, after: $after, search: $search) { nodes { id } } }`;
const SELECTED = `query ($userId: ID) { selectedIdentity(workspaceId: "malformed", userId: $userId) { userId } }`;

/** What is wrong, the document, its variables, and the code that says so. */
const input = (but: object) => () => ({ input: { ...desk.message(), ...but } });
const cursor = (...position: string[]) => Buffer.from(JSON.stringify([1, 'x', ...position])).toString('base64url');
const channels = (but: object) => () => ({ id: desk.bot.id, ...but });
const DEEP = `{ connections(workspaceId: "malformed") { ${'authorizations { nodes { connection { '.repeat(4)} id ${'} } } '.repeat(4)} } }`;
const CASES: [string, string, () => object, string][] = [
  ['no GraphQL', 'what is this?', () => ({}), 'GRAPHQL_PARSE_FAILED'],
  ['an empty document', '', () => ({}), 'BAD_USER_INPUT'],
  ['an unclosed brace', '{ viewer { userId }', () => ({}), 'GRAPHQL_PARSE_FAILED'],
  ['an unknown field', '{ viewer { token } }', () => ({}), 'GRAPHQL_VALIDATION_FAILED'],
  ['an unknown operation', 'mutation { addToken(input: {}) { id } }', () => ({}), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'an unknown argument',
    '{ connections(workspaceId: "a", token: "x") { id } }',
    () => ({}),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['a required argument missing', '{ connections { id } }', () => ({}), 'GRAPHQL_VALIDATION_FAILED'],
  ['a fragment of nobody', '{ viewer { ...Nobody } }', () => ({}), 'GRAPHQL_VALIDATION_FAILED'],
  [
    'two operations without a name',
    'query A { viewer { userId } } query B { viewer { userId } }',
    () => ({}),
    'BAD_USER_INPUT',
  ],
  [
    'a subscription on a condition',
    'subscription { deliveryStatusChanged(workspaceId: "malformed") @include(if: true) @skip { cursor } }',
    () => ({}),
    'GRAPHQL_VALIDATION_FAILED',
  ],
  ['too deep a document', DEEP, () => ({}), 'QUERY_TOO_COMPLEX'],
  ['a required variable missing', SEND, () => ({}), 'BAD_USER_INPUT'],
  ['a variable of another type', SEND, () => ({ input: 'text' }), 'BAD_USER_INPUT'],
  ['a number for a text', SEND, input({ text: 7 }), 'BAD_USER_INPUT'],
  ['an unknown input field', SEND, input({ token: 'xoxb' }), 'BAD_USER_INPUT'],
  ['an unknown priority', SEND, input({ priority: 'TOMORROW' }), 'BAD_USER_INPUT'],
  ['no sender', SEND, input({ sender: undefined }), 'BAD_USER_INPUT'],
  ['an empty sender', SEND, input({ sender: {} }), 'BAD_USER_INPUT'],
  ['two senders', SEND, input({ sender: { identityId: 'a', selectedBy: 'b' } }), 'BAD_USER_INPUT'],
  ['a sender that is null', SEND, input({ sender: { identityId: null } }), 'BAD_USER_INPUT'],
  ['a time that is none', SEND, input({ scheduledFor: 'tomorrow' }), 'BAD_USER_INPUT'],
  ['a day that is none', SEND, input({ scheduledFor: '2026-02-30T00:00:00Z' }), 'BAD_USER_INPUT'],
  ['metadata as a list', SEND, input({ metadata: [1] }), 'BAD_USER_INPUT'],
  ['metadata as a text', SEND, input({ metadata: '{}' }), 'BAD_USER_INPUT'],
  ['blocks that are no objects', SEND, input({ blocks: ['x'] }), 'BAD_USER_INPUT'],
  ['a page of 0', HISTORY, () => ({ first: 0 }), 'BAD_USER_INPUT'],
  ['a page of 101', HISTORY, () => ({ first: 101 }), 'BAD_USER_INPUT'],
  ['a negative page', HISTORY, () => ({ first: -1 }), 'BAD_USER_INPUT'],
  ['a cursor that is none', HISTORY, () => ({ after: 'page-2' }), 'CURSOR_INVALID'],
  ['a cursor of something else', HISTORY, () => ({ after: cursor('a', 'b') }), 'CURSOR_INVALID'],
  ['a search with NUL', HISTORY, () => ({ filter: { search: 'a\u0000' } }), 'BAD_USER_INPUT'],
  ['a filter with NUL', HISTORY, () => ({ filter: { websiteId: '\u0000' } }), 'BAD_USER_INPUT'],
  ['a user with NUL', SELECTED, () => ({ userId: '\u0000' }), 'BAD_USER_INPUT'],
  ['a page of 101 channels', CHANNELS, channels({ first: 101 }), 'BAD_USER_INPUT'],
  ['a search for channels with NUL', CHANNELS, channels({ search: '\u0000' }), 'BAD_USER_INPUT'],
];

const count = async (): Promise<number> =>
  (await world.database.query<{ count: number }>('select count(*)::int as count from notifications'))[0]?.count ?? -1;

describe('a malformed request gets a top-level error with a stable code', () => {
  test.each(CASES)('%s, over HTTP: nothing stored, never a 500', async (_name, query, variables, code) => {
    const before = await count();
    const { status, codes } = await post(JSON.stringify({ query, variables: variables() }));
    expect([...new Set(codes)]).toEqual([code]);
    expect(status).toBeLessThan(500);
    expect(await count()).toBe(before);
  });

  // graphql-ws itself closes the socket on a message without a query.
  const sendable = CASES.filter(([, query]) => query !== '');
  test.each(sendable)(
    '%s, over a socket: the same code, and the socket stays',
    async (_name, query, variables, code) => {
      const socket = await RawSocket.open(world.url, `Bearer ${desk.admin.token}`);
      await socket.message('connection_ack');
      socket.send({ type: 'subscribe', id: 'bad', payload: { query, variables: variables() } });
      const { type, payload } = await socket.message('error', 'next');
      const errors = type === 'error' ? payload : (payload as { errors: object[] }).errors;
      const codes = (errors as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
      expect([...new Set(codes)]).toEqual([code]);
      socket.send({ type: 'ping' });
      await socket.message('pong');
      socket.socket.close();
    },
  );
});

describe('a request that is no GraphQL request', () => {
  test.each([
    ['no JSON', '{"query": '],
    ['a list of requests', '[{"query":"{viewer{userId}}"}]'],
    ['a text', '"{viewer{userId}}"'],
    ['null', 'null'],
    ['nothing', ''],
    ['a query that is no text', '{"query": 7}'],
    ['a poisoned prototype', '{"query":"{viewer{userId}}","variables":{"__proto__":{"admin":true}}}'],
    ['variables that are a list', '{"query":"{viewer{userId}}","variables":[1]}'],
  ])('%s is BAD_USER_INPUT', async (_name, body) => {
    const { status, codes } = await post(body);
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(status).toBe(400);
  });

  test('another content type is BAD_USER_INPUT', async () => {
    const { status, codes } = await post('query=x', { 'content-type': 'application/x-www-form-urlencoded' });
    expect({ status, codes }).toEqual({ status: 415, codes: ['BAD_USER_INPUT'] });
  });

  test('a body of more than 256 KiB is BAD_USER_INPUT', async () => {
    const { status, codes } = await post(JSON.stringify({ query: `{ viewer { userId } } #${'x'.repeat(256 * 1024)}` }));
    expect({ status, codes }).toEqual({ status: 413, codes: ['BAD_USER_INPUT'] });
  });

  test('a body of more than 8 MiB is answered, though not all of it was read', async () => {
    const body = JSON.stringify({
      query: SEND.replace('(input', 's(input'),
      variables: { x: 'x'.repeat(9 * 1024 ** 2) },
    });
    for (let time = 0; time < 10; time += 1) {
      const { status, codes } = await post(body);
      expect({ status, codes }).toEqual({ status: 413, codes: ['BAD_USER_INPUT'] });
    }
  });

  test('a GET is refused', async () => {
    const response = await fetch(`${world.url}/graphql?query={viewer{userId}}`, {
      headers: { authorization: `Bearer ${desk.admin.token}` },
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
  });
});

test('too many aliases, tokens or field values are refused by name', async () => {
  const aliases = Array.from({ length: 51 }, (_, index) => `a${index}: viewer { userId }`).join(' ');
  expect((await post(JSON.stringify({ query: `{ ${aliases} }` }))).codes).toEqual(['QUERY_TOO_COMPLEX']);
  const tokens = `{ viewer { ${'userId '.repeat(2001)} } }`;
  expect((await post(JSON.stringify({ query: tokens }))).codes).toEqual(['QUERY_TOO_COMPLEX']);
  const repeated = `{ viewer { ${'userId '.repeat(900)} } }`;
  expect((await post(JSON.stringify({ query: repeated }))).codes).toEqual(['QUERY_TOO_COMPLEX']);
});
