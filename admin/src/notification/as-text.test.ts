import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { buildSchema, executeSync, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import { asGraphQL, asJson, type Copied } from './as-text.ts';

const schema = buildSchema(readFileSync(path.resolve(import.meta.dirname, '../../../schema.graphql'), 'utf8'));

const PLAIN = {
  workspaceId: 'acme',
  identity: { id: 'bot-of-acme' },
  channelId: 'C0ACME0001',
  text: 'hello',
  threadTs: null,
  eventType: null,
  priority: 'NORMAL',
  blocks: null,
};

const detailOf = (but: object = {}): Copied => ({ ...PLAIN, ...but }) as Copied;

const SAME_AS_PLAIN = {
  workspaceId: 'acme',
  sender: { identityId: 'bot-of-acme' },
  channelId: 'C0ACME0001',
  text: 'hello',
  priority: 'NORMAL',
  onUnknownOutcome: 'HOLD',
};

/** What a server of this schema is asked to send by the text, which it must accept. */
const inputOf = (source: string): unknown => {
  const document = parse(source);
  expect(validate(schema, document)).toEqual([]);
  let input: unknown;
  const sendNotification = (given: { input: unknown }): object => {
    ({ input } = given);
    return { deduplicated: false, notification: null, userErrors: [] };
  };
  expect(executeSync({ schema, document, rootValue: { sendNotification } }).errors).toBe(undefined);
  // As it would come over the wire: without the prototypes that differ, and with one zero only.
  return JSON.parse(JSON.stringify(input));
};

test.each<[string, object]>([
  ['a plain one', {}],
  ['quotes and backslashes', { text: 'she said "no\\yes" and """more"""' }],
  ['several lines', { text: 'one\ntwo\r\nthree\tfour\u0000\u0007\u2028five' }],
  ['another script', { text: '🚀 Zeppelin, ツェッペリン, مرحبا' }],
  ['what would close the call', { text: '"}) { notification { id } } } #' }],
  ['a thread, an event type and a priority', { threadTs: '1700000000.000100', eventType: 'audit', priority: 'HIGH' }],
  ['nested blocks', { blocks: [{ type: 'section', text: { type: 'mrkdwn', text: '"a"\n`b`' }, fields: [[], {}] }] }],
  ['numbers, truth and nothing', { blocks: [{ a: 0, b: -1.5e-9, c: 1e21, d: true, e: null, f: [false, null] }] }],
  ['keys that are words of GraphQL', { blocks: [{ query: 1, on: 2, true: 3, null: 4, __typename: 5, _: 6 }] }],
])('copied as GraphQL, it sends the same message: %s', (_name, but) => {
  expect(inputOf(asGraphQL(detailOf(but)))).toEqual({ ...SAME_AS_PLAIN, ...but });
});

test.each(['block-id', '0', '', 'two words', 'é', 'a:b', 'a\n'])(
  'blocks with a key that GraphQL cannot spell are left out of the copy, which says so: "%s"',
  (key) => {
    const text = asGraphQL(detailOf({ blocks: [{ type: 'section', deep: [{ deeper: { [key]: 1 } }] }] }));
    expect(inputOf(text)).toEqual(SAME_AS_PLAIN);
    expect(text).toContain('# Without its blocks');
  },
);

test('the copy of one that was posted by nobody asks for its sender', () => {
  const errors = validate(schema, parse(asGraphQL(detailOf({ identity: null }))));
  expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('sender')]);
});

test('copied as GraphQL, any text and any blocks are a call that the schema accepts', () => {
  const words = fc.string({ unit: 'binary' });
  const value = fc.jsonValue({ stringUnit: 'binary' });
  const keys = fc.oneof(words, fc.stringMatching(/^[_A-Za-z]\w*$/));
  fc.assert(
    fc.property(words, fc.array(fc.dictionary(keys, value)), (text, blocks) => {
      const { blocks: sent, ...input } = inputOf(asGraphQL(detailOf({ text, blocks }))) as { blocks?: unknown };
      expect(input).toEqual({ ...SAME_AS_PLAIN, text });
      if (sent !== undefined) expect(sent).toEqual(JSON.parse(JSON.stringify(blocks)));
    }),
  );
});

test('copied as JSON, it is what Slack is sent', () => {
  const blocks = [{ type: 'section', 'block-id': '"a"\n' }];
  expect(JSON.parse(asJson(detailOf({ blocks, threadTs: '1700000000.000100' })))).toEqual({
    channel: 'C0ACME0001',
    text: 'hello',
    blocks,
    thread_ts: '1700000000.000100',
  });
  expect(JSON.parse(asJson(detailOf()))).toEqual({ channel: 'C0ACME0001', text: 'hello' });
});
