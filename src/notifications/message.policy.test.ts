import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyProblem, messageProblem, messageProblems, senderProblem, type MessageInput } from './message.policy.ts';
import { MAX_TEXT_CODE_POINTS } from '../platform/text.ts';

const NOW = new Date('2026-01-01T12:00:00Z');
const problem = (but: Partial<MessageInput>) => messageProblem({ text: 'hello', channelId: 'C0ACME0001', ...but }, NOW);

test('a plain message has no problem, and nor have nulls', () => {
  expect(problem({})).toBeUndefined();
  const nulls = { channelId: null, blocks: null, threadTs: null, metadata: null, scheduledFor: null, expiresAt: null };
  expect(problem(nulls)).toBeUndefined();
});

test('all problems are told where somebody asks for all, and a send meets the first of them', () => {
  const values = fc.record({
    text: fc.constantFrom('', 'hello', '\0'),
    blocks: fc.constantFrom(null, [], [{ type: 'divider' }], [{}]),
    metadata: fc.constantFrom(null, { a: 1 }, { a: '\0' }),
    eventType: fc.constantFrom(null, 'x'.repeat(256)),
    channelId: fc.constantFrom(null, 'C0ACME0001', '#general'),
    expiresAt: fc.constantFrom(null, new Date('2025-01-01')),
  });
  fc.assert(
    fc.property(values, (but) => {
      const all = messageProblems(but, NOW);
      expect(messageProblem(but, NOW)).toEqual(all[0]);
      const bad = [but.text !== 'hello', but.blocks?.length === 0, JSON.stringify(but.blocks) === '[{}]'];
      const worse = [but.metadata?.a === '\0', but.eventType !== null];
      const worst = [but.channelId === '#general', but.expiresAt !== null];
      expect(all).toHaveLength([...bad, ...worse, ...worst].filter(Boolean).length);
    }),
  );
});

test('a character is a code point: what fits in letters fits in emoji', () => {
  for (const character of ['x', 'é', '你', '🎉']) {
    expect(problem({ text: character.repeat(MAX_TEXT_CODE_POINTS) })).toBeUndefined();
    expect(problem({ text: character.repeat(MAX_TEXT_CODE_POINTS + 1) })).toMatchObject({ code: 'INVALID_MESSAGE' });
    const [longest, longer] = [character.repeat(255), character.repeat(256)];
    expect([problem({ websiteId: longest }), senderProblem({ selectedBy: longest })]).toEqual([undefined, undefined]);
    const refusals = [problem({ websiteId: longer }), senderProblem({ selectedBy: longer })];
    expect(refusals.map((refusal) => refusal?.code)).toEqual(['INVALID_INPUT', 'INVALID_INPUT']);
  }
});

test('every well-formed text that is not blank is taken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      expect(problem({ text }) === undefined).toBe(text.trim() !== '');
    }),
  );
});

test('metadata is taken exactly where Postgres can hold it', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (metadata) => {
      const texts = Object.entries(metadata).flat();
      const storable = texts.every((text) => !text.includes('\u0000') && !/\p{Surrogate}/u.test(text));
      const small = Buffer.byteLength(JSON.stringify(metadata)) <= 16 * 1024;
      expect(problem({ metadata }) === undefined).toBe(storable && small);
    }),
  );
  expect(problem({ metadata: { a: '\\u0000', b: '\\\\ud800', c: 'C:\\users' } })).toBeUndefined();
});

describe('addresses', () => {
  test.each(['C0ACME0001', 'G012AB3CD', 'D024BE91L'])('%s is a conversation', (channelId) => {
    expect(problem({ channelId })).toBeUndefined();
  });

  test.each([
    '#general',
    'general',
    'c0acme0001',
    'U0ACME001',
    'T0ACME',
    'C',
    'C0ACME0001 ',
    'C0-1',
    `C${'0'.repeat(64)}`,
  ])('%j is none', (channelId) => {
    expect(problem({ channelId })).toMatchObject({ code: 'CHANNEL_NOT_FOUND', field: ['input', 'channelId'] });
  });

  test.each(['1700000000.000100', '999999999999.999999'])('%s is a thread', (threadTs) => {
    expect(problem({ threadTs })).toBeUndefined();
  });

  test.each([
    '1700000000',
    '1700000000.',
    'x.y',
    '1700000000.000100\n',
    '-1.0',
    '170000000.000100',
    '1700000000.0001000',
    '1700000000000.000100',
    // Slack takes these and shows them to nobody.
    '1602251441.0017',
    '1.6022514410017E9',
  ])('%j is no thread', (threadTs) => {
    expect(problem({ threadTs })).toMatchObject({
      code: 'INVALID_INPUT',
      field: ['input', 'threadTs'],
      remedy: expect.stringContaining('as Slack gave it'),
    });
  });
});

describe('times', () => {
  const at = (offsetMs: number): Date => new Date(NOW.getTime() + offsetMs);
  test.each([
    ['expires in a moment', { expiresAt: at(1) }, undefined],
    ['expires now', { expiresAt: at(0) }, 'INVALID_INPUT'],
    ['expired', { expiresAt: at(-1) }, 'INVALID_INPUT'],
    ['expires when it is due', { expiresAt: at(1000), scheduledFor: at(1000) }, 'INVALID_INPUT'],
    ['expires after it is due', { expiresAt: at(1001), scheduledFor: at(1000) }, undefined],
    ['was due long ago', { scheduledFor: at(-1_000_000) }, undefined],
  ])('%s', (_name, but, code) => {
    expect(problem(but)?.code).toBe(code);
  });
});

test('every refusal names a field and says what to do', () => {
  const bad: Partial<MessageInput>[] = [
    { text: '' },
    { blocks: [] },
    { blocks: [{}] },
    { metadata: { a: 'x'.repeat(16_385) } },
    { eventType: 'x'.repeat(256) },
    { channelId: 'x' },
    { threadTs: 'x' },
    { expiresAt: NOW },
  ];
  for (const but of bad) {
    const refusal = problem(but);
    expect(refusal?.field?.[0]).toBe('input');
    expect(refusal?.field).toHaveLength(2);
    expect(refusal?.message).toMatch(/\.$/);
    expect(refusal?.remedy).toMatch(/[.;]/);
  }
});

test.each([
  [undefined, undefined],
  [null, undefined],
  ['k', undefined],
  ['k'.repeat(255), undefined],
  ['', 'INVALID_INPUT'],
  ['k'.repeat(256), 'INVALID_INPUT'],
  ['\u0000', 'INVALID_INPUT'],
])('an idempotency key of %j', (idempotencyKey, code) => {
  expect(keyProblem({ idempotencyKey })?.code).toBe(code);
});
