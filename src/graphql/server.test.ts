import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTinyServer, type TinyServer } from '../../test/support/tiny-graphql-server.ts';
import { BODY_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES } from './limits.ts';

interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> & { code: string } }[];
}

let tiny: TinyServer;
beforeAll(async () => {
  tiny = await startTinyServer();
});
afterAll(() => tiny.stop());

const ask = async (query: string, variables?: unknown, from: TinyServer = tiny) => {
  const response = await from.post({ query, variables });
  return { status: response.status, ...((await response.json()) as Answer) };
};
const codeOf = (answer: Answer) => answer.errors?.[0]?.extensions.code;
const nested = (depth: number): string => (depth === 1 ? 'name' : `leaf { ${nested(depth - 1)} }`);

describe('who may ask', () => {
  test('a good token is answered as its viewer', async () => {
    expect(await ask('{ me }')).toEqual({ status: 200, data: { me: 'user-1' } });
  });

  test.each([
    ['missing', ''],
    ['bad', 'Bearer bad'],
  ])('a %s token gets 401 UNAUTHENTICATED and says what to do', async (_, authorization) => {
    const response = await tiny.post({ query: '{ me }' }, { authorization });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    const answer = (await response.json()) as Answer;
    expect(codeOf(answer)).toBe('UNAUTHENTICATED');
    expect(answer.errors?.[0]?.message).toContain('Authorization: Bearer');
  });

  test('the request id is taken over, answered, and given where there was none', async () => {
    const given = await tiny.post({ query: '{ me }' }, { 'x-request-id': 'abc-1' });
    expect(given.headers.get('x-request-id')).toBe('abc-1');
    const bad = await tiny.post({ query: '{ me }' }, { 'x-request-id': 'a b' });
    expect(bad.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('a request that a browser form could send is refused', async () => {
    const response = await tiny.post('{"query":"{ me }"}', { 'content-type': 'text/plain' });
    expect(response.status).toBe(415);
    expect(codeOf((await response.json()) as Answer)).toBe('BAD_USER_INPUT');
  });
});

describe('what an error shows', () => {
  test('a fault is masked, with the id under which the log has it', async () => {
    const { errors } = await ask('{ fail(kind: "fault") }');
    expect(errors?.[0]).toMatchObject({ path: ['fail'], extensions: { code: 'INTERNAL_SERVER_ERROR' } });
    expect(JSON.stringify(errors)).not.toContain('hunter2');
    const requestId = errors?.[0]?.extensions['requestId'];
    expect(tiny.logs).toContainEqual(
      expect.objectContaining({ requestId, err: expect.objectContaining({ message: 'password=hunter2' }) }),
    );
  });

  test('our own errors keep their code, message and extras', async () => {
    expect((await ask('{ fail(kind: "limited") }')).errors?.[0]).toMatchObject({
      message: 'Slow down.',
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 7 },
    });
  });

  test('a database that is away is a retryable SERVICE_UNAVAILABLE', async () => {
    expect((await ask('{ fail(kind: "database") }')).errors?.[0]?.extensions).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      retryable: true,
    });
  });

  test.each([
    ['malformed GraphQL', '{ me', undefined, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ mee }', undefined, 'GRAPHQL_VALIDATION_FAILED'],
    ['a bad variable', 'query($k: String!) { fail(kind: $k) }', {}, 'BAD_USER_INPUT'],
    ['a bad date', 'query($i: WhenInput!) { when(input: $i) }', { i: { at: 'tomorrow' } }, 'BAD_USER_INPUT'],
    [
      'an impossible offset',
      'query($i: WhenInput!) { when(input: $i) }',
      { i: { at: '2026-11-22T09:30:00|01:00' } },
      'BAD_USER_INPUT',
    ],
    ['a bad URL', 'query($i: WhenInput!) { when(input: $i) }', { i: { url: 'not a url' } }, 'BAD_USER_INPUT'],
    ['an array for a JSON object', 'query($i: WhenInput!) { when(input: $i) }', { i: { json: [1] } }, 'BAD_USER_INPUT'],
    ['several operations and no name', 'query A { me } query B { me }', undefined, 'BAD_USER_INPUT'],
    ['a subscription', 'subscription { ticked(kind: "endless") }', undefined, 'BAD_USER_INPUT'],
  ])('%s is refused with 400 and its code', async (_, query, variables, code) => {
    const answer = await ask(query, variables);
    expect(codeOf(answer)).toBe(code);
    expect(answer.status).toBe(400);
  });

  test('a bad scalar in a literal is a validation error', async () => {
    expect(codeOf(await ask('{ when(input: { at: "tomorrow" }) }'))).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  test('names of the schema are suggested only where that is wanted', async () => {
    expect((await ask('{ mee }')).errors?.[0]?.message).toContain('Did you mean');
    const production = await startTinyServer({ suggestions: false });
    try {
      expect((await ask('{ mee }', undefined, production)).errors?.[0]?.message).toBe(
        'Cannot query field "mee" on type "Query".',
      );
    } finally {
      await production.stop();
    }
  });
});

describe('limits', () => {
  test('12 fields deep is allowed, 13 is not', async () => {
    expect((await ask(`{ ${nested(12)} }`)).status).toBe(200);
    expect(await ask(`{ ${nested(13)} }`)).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
    });
  });

  test('depth counts through fragments', async () => {
    const query = `{ leaf { ...a } } fragment a on Leaf { ${nested(7)} ...b } fragment b on Leaf { ${nested(12)} }`;
    expect(codeOf(await ask(query))).toBe('QUERY_TOO_COMPLEX');
  });

  test('50 aliases are allowed, 51 are not', async () => {
    const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `a${index}: me`).join(' ')} }`;
    expect((await ask(aliases(50))).status).toBe(200);
    expect(codeOf(await ask(aliases(51)))).toBe('QUERY_TOO_COMPLEX');
  });

  test('a document of more than 2,000 tokens is too complex', async () => {
    expect(codeOf(await ask(`{ ${'me '.repeat(2_100)} }`))).toBe('QUERY_TOO_COMPLEX');
  });

  test('the cost counts the entries that `first` asks for, in literals and in variables', async () => {
    const query = 'query($n: Int) { leaves(first: $n) { nodes { leaves { leaves { leaves { name } } } } } }';
    expect((await ask(query, { n: 10 })).errors).not.toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
    expect(codeOf(await ask(query, { n: 100 }))).toBeUndefined();
    const deeper = query.replace('name', 'leaves { name }');
    expect(codeOf(await ask(deeper, { n: 100 }))).toBe('QUERY_TOO_COMPLEX');
    expect(codeOf(await ask(deeper.replace('$n)', '100)').replace('query($n: Int)', '')))).toBe('QUERY_TOO_COMPLEX');
  });

  test('fragments that unfold without end are refused, not counted', async () => {
    const fragments = Array.from(
      { length: 9 },
      (_, n) => `fragment f${n} on Leaf { ${`...f${n + 1} `.repeat(6)} }`,
    ).join(' ');
    expect(codeOf(await ask(`{ leaf { ...f0 } } ${fragments} fragment f9 on Leaf { name }`))).toBe('QUERY_TOO_COMPLEX');
  });

  test('the standard introspection query passes every limit', async () => {
    expect(
      (await ask(getIntrospectionQuery({ specifiedByUrl: true, oneOf: true, inputValueDeprecation: true }))).errors,
    ).toBeUndefined();
  });

  test('introspection that is off is refused', async () => {
    const closed = await startTinyServer({ introspection: 'off' });
    try {
      expect(codeOf(await ask('{ __schema { types { name } } }', undefined, closed))).toBe('GRAPHQL_VALIDATION_FAILED');
    } finally {
      await closed.stop();
    }
  });

  const padded = (query: string, bytes: number) => JSON.stringify({ query, variables: { texts: ['x'.repeat(bytes)] } });

  test('a body beyond 256 KiB is for bulk sends only', async () => {
    const ordinary = await tiny.post(padded('{ me }', BODY_LIMIT_BYTES));
    expect(ordinary.status).toBe(413);
    expect(codeOf((await ordinary.json()) as Answer)).toBe('BAD_USER_INPUT');
    const bulk = await tiny.post(
      padded('mutation($texts: [String!]!) { sendNotifications(texts: $texts) }', 2 * BODY_LIMIT_BYTES),
    );
    expect(await bulk.json()).toEqual({ data: { sendNotifications: 1 } });
  });

  test('a body beyond 8 MiB is refused before it is parsed', async () => {
    const response = await tiny.post(padded('mutation { sendNotifications }', BULK_BODY_LIMIT_BYTES));
    expect(response.status).toBe(413);
    expect(codeOf((await response.json()) as Answer)).toBe('BAD_USER_INPUT');
  });

  test('a body that is not JSON is BAD_USER_INPUT, and batches are refused', async () => {
    const broken = await tiny.post('{"query":');
    expect(broken.status).toBe(400);
    expect(codeOf((await broken.json()) as Answer)).toBe('BAD_USER_INPUT');
    const batch = await tiny.post([{ query: '{ me }' }, { query: '{ me }' }]);
    expect(batch.status).toBe(400);
    expect(codeOf((await batch.json()) as Answer)).toBe('BAD_USER_INPUT');
  });
});

describe('values', () => {
  test('a moment is answered in UTC with Z, whatever offset came in', async () => {
    expect((await ask('{ when(input: { at: "2026-11-22T09:30:00.5+02:00" }) }')).data).toEqual({
      when: '2026-11-22T07:30:00.500Z',
    });
    expect((await ask('{ when(input: {}) }')).data).toEqual({ when: '2026-11-22T07:30:00.000Z' });
  });

  test('a sender is exactly one of its fields, in literals and in variables', async () => {
    expect((await ask('mutation { send(sender: { selectedBy: "u" }) }')).data).toEqual({ send: 'selected by u' });
    expect(codeOf(await ask('mutation { send(sender: { identityId: "i", selectedBy: "u" }) }'))).toBe(
      'GRAPHQL_VALIDATION_FAILED',
    );
    expect(codeOf(await ask('mutation { send(sender: {}) }'))).toBe('GRAPHQL_VALIDATION_FAILED');
    const query = 'mutation($sender: SenderInput!) { send(sender: $sender) }';
    expect((await ask(query, { sender: { identityId: 'i' } })).data).toEqual({ send: 'i' });
    expect(codeOf(await ask(query, { sender: { identityId: 'i', selectedBy: 'u' } }))).toBe('BAD_USER_INPUT');
    expect(codeOf(await ask(query, { sender: { identityId: null } }))).toBe('BAD_USER_INPUT');
  });
});
