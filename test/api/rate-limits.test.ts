import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../support/caller.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { World } from '../support/world.ts';

const VIEWER_LIMIT = 8;
const WORKSPACE_LIMIT = 5;
const OWN = 'limited';
const VIEWER = '{ viewer { userId } }';
const CONNECTIONS = `query ($of: ID!) { connections(workspaceId: $of) { id } }`;

let world: World;
beforeAll(async () => {
  world = await World.start({
    servers: 2,
    env: {
      VIEWER_REQUESTS_PER_SECOND: `${VIEWER_LIMIT}`,
      WORKSPACE_REQUESTS_PER_SECOND: `${WORKSPACE_LIMIT}`,
    },
  });
});
afterAll(() => world.stop());

let last = 0;
/** Somebody whom no other test has counted for, with two workspaces, so that a request names the one that it is about. */
const somebody = (url = world.url, workspaces: Record<string, 'ADMIN'> = { [OWN]: 'ADMIN', second: 'ADMIN' }) =>
  world.as(`user-${(last += 1)}`, workspaces, url);

interface RateLimit {
  readonly scope: string;
  readonly limit: number;
  readonly remaining: number;
  readonly resetSeconds: number;
}

const ask = async (caller: Caller, query = VIEWER, variables: object = {}) => {
  const answer = await caller.send(query, variables);
  const { extensions } = answer as { extensions?: { rateLimit?: RateLimit } };
  return { ...answer, rateLimit: extensions?.rateLimit, code: answer.errors?.[0]?.extensions.code };
};

/** Asks more at once than a second allows, until one is refused: a second may end meanwhile and begin anew. */
const untilRefused = async (count: number, caller: Caller, query?: string, variables?: object) => {
  for (;;) {
    const answers = await Promise.all(Array.from({ length: count }, () => ask(caller, query, variables)));
    const refused = answers.find(({ code }) => code === 'RATE_LIMITED');
    if (refused) return refused;
  }
};

describe('the rate of one user', () => {
  test('stands in every answer: in its extensions and in its headers', async () => {
    const { headers, rateLimit } = await ask(await somebody());
    expect(rateLimit).toEqual({ scope: 'VIEWER', limit: VIEWER_LIMIT, remaining: VIEWER_LIMIT - 1, resetSeconds: 1 });
    const names = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'];
    expect(names.map((name) => headers.get(name))).toEqual(['8', '7', '1', null]);
  });

  test('is counted by all processes together', async () => {
    const here = await somebody();
    const there = await world.as(here.userId, { [OWN]: 'ADMIN', second: 'ADMIN' }, world.urls[1]);
    const remaining = async () => {
      const [first, second] = [await ask(here), await ask(there)];
      return (first.rateLimit?.remaining ?? 0) - (second.rateLimit?.remaining ?? 0);
    };
    // Once in a while a second ends between the two.
    await expect.poll(remaining, { interval: 200, timeout: 10_000 }).toBe(1);
  });

  test('beyond it: 429, RATE_LIMITED with the seconds to wait, and after them it goes on', async () => {
    const caller = await somebody();
    const { status, headers, data, errors, rateLimit } = await untilRefused(3 * VIEWER_LIMIT, caller);
    expect({ status, data }).toEqual({ status: 429, data: undefined });
    expect(rateLimit).toEqual({ scope: 'VIEWER', limit: VIEWER_LIMIT, remaining: 0, resetSeconds: 1 });
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });
    const names = ['ratelimit-limit', 'ratelimit-remaining', 'retry-after'];
    expect(names.map((name) => headers.get(name))).toEqual(['8', '0', '1']);
    expect((await ask(await somebody())).status).toBe(200);
    await expect.poll(async () => (await ask(caller)).status, { interval: 100, timeout: 10_000 }).toBe(200);
  });

  test.each([
    ['not JSON', '{', 400],
    ['too large a body', JSON.stringify({ query: VIEWER, variables: { x: 'x'.repeat(300_000) } }), 413],
    ['no GraphQL', JSON.stringify({ query: '{ viewer' }), 400],
    ['an unknown field', JSON.stringify({ query: '{ viewers }' }), 400],
    ['no operation of the name', JSON.stringify({ query: VIEWER, operationName: 'None' }), 400],
    ['too costly', JSON.stringify({ query: `{ ${'viewer { userId } '.repeat(700)} }` }), 400],
  ])('stands in the refusal of a request with %s too', async (_what, body, status) => {
    const { token } = await somebody();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${world.url}/graphql`, { method: 'POST', headers, body });
    expect(answer.status).toBe(status);
    const { errors, extensions } = (await answer.json()) as { errors: unknown[]; extensions: unknown };
    expect(errors).not.toEqual([]);
    expect(extensions).toEqual({
      rateLimit: { scope: 'VIEWER', limit: VIEWER_LIMIT, remaining: VIEWER_LIMIT - 1, resetSeconds: 1 },
    });
    expect(answer.headers.get('ratelimit-remaining')).toBe(`${VIEWER_LIMIT - 1}`);
  });

  test('holds over sockets as well, counted together with HTTP; the socket stays open', async () => {
    const caller = await somebody();
    const socket = await RawSocket.open(world.url, `Bearer ${caller.token}`);
    await socket.message('connection_ack');
    socket.send({ type: 'subscribe', id: 'first', payload: { query: VIEWER } });
    expect(await socket.message('next')).toMatchObject({
      payload: { extensions: { rateLimit: { scope: 'VIEWER', limit: VIEWER_LIMIT } } },
    });
    socket.send({ type: 'subscribe', id: 'invalid', payload: { query: '{ viewers }' } });
    expect(await socket.message('error')).toMatchObject({
      id: 'invalid',
      payload: [
        { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', rateLimit: { scope: 'VIEWER', limit: VIEWER_LIMIT } } },
      ],
    });
    const told = socket.messages.length;
    for (let id = 1; id <= 10 * VIEWER_LIMIT; id += 1) {
      socket.send({ type: 'subscribe', id: `${id}`, payload: { query: VIEWER } });
    }
    const isRefused = ({ type }: { type: string }): boolean => type === 'error';
    while (!socket.messages.slice(told).some(isRefused)) await socket.arrival();
    expect(socket.messages.slice(told).find(isRefused)).toMatchObject({
      payload: [
        { extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1, rateLimit: { scope: 'VIEWER', remaining: 0 } } },
      ],
    });
    socket.send({ type: 'ping' });
    await socket.message('pong');
    socket.socket.close();
  });
});

describe('the rate in one workspace', () => {
  test('is shared by its users, named in the answer where it is nearer to its end, and refused with 429', async () => {
    const [one, two] = [await somebody(), await somebody(world.urls[1])];
    const remaining = async () => {
      const [first, second] = [await ask(one, CONNECTIONS, { of: OWN }), await ask(two, CONNECTIONS, { of: OWN })];
      expect(first.rateLimit).toMatchObject({ scope: 'WORKSPACE', limit: WORKSPACE_LIMIT });
      return (first.rateLimit?.remaining ?? 0) - (second.rateLimit?.remaining ?? 0);
    };
    await expect.poll(remaining, { interval: 1100, timeout: 15_000 }).toBe(1);
    const refused = await untilRefused(VIEWER_LIMIT - 1, await somebody(), CONNECTIONS, { of: OWN });
    expect(refused).toMatchObject({ status: 429, rateLimit: { scope: 'WORKSPACE', remaining: 0 } });
    expect(refused.headers.get('retry-after')).toBe('1');
  });

  test('is none of a variable that does not fit: that is said as it is without a limit, also over a socket', async () => {
    const caller = await somebody();
    const query = 'query ($of: ID = "a") { connections(workspaceId: $of) { id } }';
    expect(await ask(caller, query, { of: null })).toMatchObject({ code: 'BAD_USER_INPUT', status: 400 });
    const socket = await RawSocket.open(world.url, `Bearer ${caller.token}`);
    await socket.message('connection_ack');
    socket.send({ type: 'subscribe', id: 'x', payload: { query, variables: { of: null } } });
    expect(JSON.stringify(await socket.message('error'))).toContain('BAD_USER_INPUT');
    socket.send({ type: 'subscribe', id: 'y', payload: { query: VIEWER } });
    await socket.message('next');
    socket.socket.close();
    await socket.closed;
  });

  test('is not used up by somebody without a role there', async () => {
    const stranger = await somebody(world.url, { elsewhere: 'ADMIN', 'elsewhere-2': 'ADMIN' });
    const { code, rateLimit } = await ask(stranger, CONNECTIONS, { of: OWN });
    expect({ code, scope: rateLimit?.scope }).toEqual({ code: 'FORBIDDEN', scope: 'VIEWER' });
  });

  test('is the only workspace’s of the token where the operation names none', async () => {
    const { rateLimit } = await ask(await somebody(world.url, { alone: 'ADMIN' }));
    expect(rateLimit).toMatchObject({ scope: 'WORKSPACE', remaining: WORKSPACE_LIMIT - 1 });
  });
});

test('without a setting nothing is limited, counted or told', async () => {
  const url = await world.addServer({ VIEWER_REQUESTS_PER_SECOND: '', WORKSPACE_REQUESTS_PER_SECOND: '' });
  const caller = await somebody(url);
  const answers = await Promise.all(Array.from({ length: 3 * VIEWER_LIMIT }, () => ask(caller)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(answers.some(({ rateLimit, headers }) => rateLimit !== undefined || headers.has('ratelimit-limit'))).toBe(
    false,
  );
  const counted = await world.database.query('select from rate_limits where key like $1', [`%${caller.userId}%`]);
  expect(counted).toEqual([]);
});
