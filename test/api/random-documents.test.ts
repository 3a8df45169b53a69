import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Caller } from '../support/caller.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { randomOperations, type RandomOperation } from '../support/random-documents.ts';
import { RawSocket } from '../support/raw-socket.ts';
import { accepted, World } from '../support/world.ts';

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'));
const LIMIT = { timeout: 120_000 };

/** The codes that are documented; a fault of the server is none of them. */
const CODES = [
  'BAD_USER_INPUT',
  'CURSOR_INVALID',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'QUERY_TOO_COMPLEX',
];

let world: World;
let desk: Desk;
let url: string;
let operations: fc.Arbitrary<RandomOperation>;
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'random');
  const { id } = await accepted(desk.admin, desk.message());
  const ids = ['random', desk.connection.id, desk.bot.id, id, 'C0ACME0001', desk.admin.userId, 'elsewhere'];
  operations = randomOperations(schema, ids);
  // As in production, where errors name nothing of the schema.
  url = await world.addServer({ NODE_ENV: 'production', PUBLIC_URL: 'https://heliograph.example.com' });
});
afterAll(() => world.stop());

interface Failure {
  readonly message: string;
  readonly extensions: { readonly code: string };
}

/** What came back is an answer of GraphQL that shows nothing of how the server is made. */
const expectHarmless = (text: string, errors: readonly Failure[]): void => {
  for (const { extensions } of errors) expect(CODES).toContain(extensions.code);
  // In small letters graphql-js speaks of quotation marks ("did you mean to use a double quote"), of no name.
  expect(text).not.toMatch(/\\n +at |node_modules|\.[jt]s:\d|Did you mean|[Ss]tacktrace/);
};

test('no document makes a 500, a stack or a suggestion, over HTTP', LIMIT, async () => {
  const seen = new Map<string, number>();
  const askOne = async ({ query, variables }: RandomOperation): Promise<void> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.admin.token}` },
      body: JSON.stringify({ query, variables }),
    });
    const text = await response.text();
    const { data, errors = [] } = JSON.parse(text) as { data?: object; errors?: Failure[] };
    expectHarmless(text, errors);
    expect(response.status).toBeLessThan(500);
    expect(data !== undefined || errors.length > 0).toBe(true);
    const kind = errors[0]?.extensions.code ?? 'answered';
    seen.set(kind, (seen.get(kind) ?? 0) + 1);
  };
  await fc.assert(fc.asyncProperty(operations, askOne), { numRuns: 600 });
  process.stdout.write(`random documents over HTTP: ${JSON.stringify(Object.fromEntries(seen))}\n`);
  // A generator that made only nonsense, or only sense, would show nothing.
  expect(seen.get('answered')).toBeGreaterThan(25);
  expect(seen.get('GRAPHQL_VALIDATION_FAILED')).toBeGreaterThan(10);
  expect(seen.get('GRAPHQL_PARSE_FAILED')).toBeGreaterThan(10);
});

test('nor over a socket, and the socket stays open', LIMIT, async () => {
  const socket = await RawSocket.open(url, `Bearer ${desk.admin.token}`);
  await socket.message('connection_ack');
  let last = 0;
  const askOne = async ({ kind, query, variables }: RandomOperation): Promise<void> => {
    const id = `${(last += 1)}`;
    socket.messages.length = 0;
    socket.send({ type: 'subscribe', id, payload: { query, variables } });
    // A stream that was opened would go on; anything else ends by itself.
    if (kind === 'subscription') socket.send({ type: 'complete', id });
    else await socket.message('complete', 'error');
    socket.send({ type: 'ping' });
    await socket.message('pong');
    for (const { payload } of socket.messages) {
      const errors = Array.isArray(payload) ? payload : ((payload as { errors?: Failure[] } | undefined)?.errors ?? []);
      expectHarmless(JSON.stringify(payload ?? null), errors as Failure[]);
    }
  };
  await fc.assert(fc.asyncProperty(operations, askOne), { numRuns: 400 });
  socket.socket.close();
});

test('introspection in production is for whoever has a token', async () => {
  const admin = await world.as(desk.admin.userId, { random: 'ADMIN' }, url);
  const { data, errors } = await admin.send<{ __schema: object }>(getIntrospectionQuery());
  expect(errors).toBeUndefined();
  expect(data?.__schema).toBeDefined();
  expect((await new Caller(url, 'nobody', undefined).send(getIntrospectionQuery())).status).toBe(401);
});
