import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BeginSlackInstallDocument,
  CompleteSlackInstallDocument,
  SendNotificationDocument,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { accepted, send, travel, World } from '../support/world.ts';

let world: World;
let desk: Desk;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, 'input');
});
afterAll(() => world.stop());

const TABLES = ['notifications', 'status_log', 'delivery_lanes', 'delivery_attempts', 'idempotency_keys', 'installs'];

/** How many rows there are, table by table: what is refused leaves none. */
const stored = async (): Promise<Record<string, number>> => {
  const counts = TABLES.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  const [row] = await world.database.query<Record<string, number>>(`select ${counts.join(', ')}`);
  return row ?? {};
};

const past = '2020-01-01T00:00:00Z';
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
const EMOJI = '🎉';
const bytes = (count: number) => ({ filler: 'x'.repeat(count - '{"filler":""}'.length) });

test.each([101, 30_000])('JSON that is nested %i levels deep is malformed, not a fault', async (levels) => {
  const before = await stored();
  const deep = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const input = { ...desk.message(), metadata: 'DEEP', idempotencyKey: 'deep' };
  const body = JSON.stringify({ query: SendNotificationDocument.toString(), variables: { input } });
  const response = await fetch(`${world.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${desk.admin.token}` },
    body: body.replace('"DEEP"', deep),
  });
  const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
  expect({ status: response.status, codes: errors.map(({ extensions }) => extensions.code) }).toEqual({
    status: 400,
    codes: ['BAD_USER_INPUT'],
  });
  expect(await stored()).toEqual(before);
});

describe('a message that is not well-formed gets a typed error with a remedy, and nothing is stored', () => {
  const cases: [string, Partial<SendNotificationInput>, string, string[]][] = [
    ['an empty text', { text: '' }, 'INVALID_MESSAGE', ['input', 'text']],
    ['a text of blanks', { text: ' \n\t ' }, 'INVALID_MESSAGE', ['input', 'text']],
    ['40,001 letters', { text: 'x'.repeat(40_001) }, 'INVALID_MESSAGE', ['input', 'text']],
    ['40,001 emoji', { text: EMOJI.repeat(40_001) }, 'INVALID_MESSAGE', ['input', 'text']],
    ['a text with NUL', { text: 'a\u0000b' }, 'INVALID_MESSAGE', ['input', 'text']],
    ['a text with half of a surrogate pair', { text: 'a\ud83cb' }, 'INVALID_MESSAGE', ['input', 'text']],
    ['no blocks in blocks', { blocks: [] }, 'INVALID_MESSAGE', ['input', 'blocks']],
    [
      '51 blocks',
      { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) },
      'INVALID_MESSAGE',
      ['input', 'blocks'],
    ],
    ['a block without a type', { blocks: [{ text: 'x' }] }, 'INVALID_MESSAGE', ['input', 'blocks']],
    ['a block whose type is no name', { blocks: [{ type: 7 }] }, 'INVALID_MESSAGE', ['input', 'blocks']],
    ['a channel by its name', { channelId: '#general' }, 'CHANNEL_NOT_FOUND', ['input', 'channelId']],
    ['a channel by a user’s id', { channelId: 'U0ACME001' }, 'CHANNEL_NOT_FOUND', ['input', 'channelId']],
    ['an empty channel', { channelId: '' }, 'CHANNEL_NOT_FOUND', ['input', 'channelId']],
    ['a ts that was a number once', { threadTs: '1602251441.0017' }, 'INVALID_INPUT', ['input', 'threadTs']],
    ['a thread that is no ts', { threadTs: 'yesterday' }, 'INVALID_INPUT', ['input', 'threadTs']],
    ['expiresAt in the past', { expiresAt: past }, 'INVALID_INPUT', ['input', 'expiresAt']],
    [
      'expiresAt before scheduledFor',
      { expiresAt: inAnHour(), scheduledFor: '2090-01-01T00:00:00Z' },
      'INVALID_INPUT',
      ['input', 'expiresAt'],
    ],
    ['metadata of 16 KiB and one byte', { metadata: bytes(16_385) }, 'INVALID_INPUT', ['input', 'metadata']],
    ['metadata with NUL', { metadata: { a: [{ 'x\u0000y': 1 }] } }, 'INVALID_INPUT', ['input', 'metadata']],
    ['metadata with half of a pair', { metadata: { a: '\udf89' } }, 'INVALID_INPUT', ['input', 'metadata']],
    ['blocks with NUL', { blocks: [{ type: 'x\u0000' }] }, 'INVALID_MESSAGE', ['input', 'blocks']],
    ['a long event type', { eventType: 'e'.repeat(256) }, 'INVALID_INPUT', ['input', 'eventType']],
    ['an event type with NUL', { eventType: 'a\u0000' }, 'INVALID_INPUT', ['input', 'eventType']],
    ['a long website id', { websiteId: 'w'.repeat(256) }, 'INVALID_INPUT', ['input', 'websiteId']],
    ['a website id with NUL', { websiteId: 'a\u0000' }, 'INVALID_INPUT', ['input', 'websiteId']],
    ['an empty key', { idempotencyKey: '' }, 'INVALID_INPUT', ['input', 'idempotencyKey']],
    ['a long key', { idempotencyKey: 'k'.repeat(256) }, 'INVALID_INPUT', ['input', 'idempotencyKey']],
    ['a key with NUL', { idempotencyKey: 'a\u0000' }, 'INVALID_INPUT', ['input', 'idempotencyKey']],
    ['an identity that is no id', { sender: { identityId: 'bot' } }, 'NOT_FOUND', ['input', 'sender', 'identityId']],
  ];

  test.each(cases)('%s', async (_name, but, code, field) => {
    const before = await stored();
    const { notification, deduplicated, userErrors } = await send(desk.admin, desk.message(but));
    expect({ notification, deduplicated }).toEqual({ notification: null, deduplicated: false });
    expect(userErrors).toMatchObject([{ code, field }]);
    expect(userErrors[0]?.message.length).toBeGreaterThan(10);
    expect(userErrors[0]?.remedy.length).toBeGreaterThan(10);
    expect(await stored()).toEqual(before);
  });

  test('a refused input with a key does not bind the key', async () => {
    await send(desk.admin, desk.message({ text: '', idempotencyKey: 'mended' }));
    const mended = await accepted(desk.admin, desk.message({ text: 'mended', idempotencyKey: 'mended' }));
    expect(mended.text).toBe('mended');
  });
});

describe('what just fits is accepted', () => {
  const scheduledFor = inAnHour();
  const cases: [string, Partial<SendNotificationInput>][] = [
    ['40,000 letters', { text: 'x'.repeat(40_000) }],
    ['40,000 emoji', { text: EMOJI.repeat(40_000) }],
    ['metadata of exactly 16 KiB', { metadata: bytes(16_384) }],
    ['metadata that speaks of NUL', { metadata: { a: '\\u0000 and \\ud83c' } }],
    ['empty metadata', { metadata: {} }],
    ['metadata with numbers that are read as they are', { metadata: { a: 2 ** 53 - 1, b: 1e300, c: 0.1 } }],
    ['a key of 255 characters', { idempotencyKey: 'k'.repeat(255) }],
    ['50 blocks', { blocks: Array.from({ length: 50 }, () => ({ type: 'divider' })) }],
  ];
  test.each(cases)('%s', async (_name, but) => {
    const notification = await accepted(desk.admin, desk.message({ ...but, scheduledFor }));
    expect(notification).toMatchObject(but);
  });
});

describe('an unknown channel and bad blocks that only Slack can know', () => {
  test.each([
    ['a channel that is not there', { channelId: 'C0NOWHERE1' }, 'CHANNEL_NOT_FOUND', 'channel_not_found'],
    ['a block that Slack does not know', { blocks: [{ type: 'hologram' }] }, 'INVALID_MESSAGE', 'invalid_blocks'],
  ])('%s', async (_name, but, code, slackError) => {
    const feed = await world.followFromNow(desk.admin, 'input');
    const { notification, userErrors } = await send(desk.admin, desk.message(but));
    // Refused at once where the directory knows, else FAILED with the same code.
    if (notification === null || notification === undefined) {
      expect(userErrors).toMatchObject([{ code }]);
    } else {
      expect(await feed.untilAtRest(notification.id)).toMatchObject({ to: 'FAILED', failure: { code, slackError } });
    }
    feed.stop();
  });
});

describe('installs', () => {
  const begin = async (caller: Caller, returnTo: string) =>
    (
      await caller.run(BeginSlackInstallDocument, {
        input: { workspaceId: 'input', intent: 'WORKSPACE', returnTo },
      })
    ).beginSlackInstall;

  test.each([
    ['another site', 'https://evil.example/slack'],
    ['another port', 'http://localhost:3001/slack'],
    ['another scheme', 'https://localhost:3000/slack'],
    ['a site that begins alike', 'http://localhost.evil.example:3000/slack'],
    ['a name and password before the real host', 'http://localhost:3000@evil.example/'],
    ['a script', 'javascript:alert(1)'],
  ])('a return URL at %s is RETURN_ORIGIN_NOT_ALLOWED', async (_name, returnTo) => {
    const before = await stored();
    const { authorizeUrl, userErrors } = await begin(desk.admin, returnTo);
    expect(authorizeUrl).toBeNull();
    expect(userErrors).toMatchObject([{ code: 'RETURN_ORIGIN_NOT_ALLOWED', field: ['input', 'returnTo'] }]);
    expect(await stored()).toEqual(before);
  });

  test('a claim of somebody else is CLAIM_NOT_YOURS and connects nothing', async () => {
    const back = await travel(desk.admin, { workspaceId: 'input', intent: 'WORKSPACE' }, { team: 'T0GLOBEX' });
    const claim = back.searchParams.get('claim') as string;
    const other = await world.as('other-admin', { input: 'ADMIN' });
    const { completeSlackInstall } = await other.run(CompleteSlackInstallDocument, { input: { claim } });
    expect(completeSlackInstall).toMatchObject({ connection: null, userErrors: [{ code: 'CLAIM_NOT_YOURS' }] });
    const rows = await world.database.query(`select from connections where team_id = 'T0GLOBEX'`);
    expect(rows).toEqual([]);
  });

  test.each([
    ['an unknown claim', 'x'.repeat(43)],
    ['an empty claim', ''],
    ['a claim with NUL', '\u0000'],
  ])('%s is CLAIM_INVALID', async (_name, claim) => {
    const { completeSlackInstall } = await desk.admin.run(CompleteSlackInstallDocument, { input: { claim } });
    expect(completeSlackInstall).toMatchObject({ connection: null, userErrors: [{ code: 'CLAIM_INVALID' }] });
  });
});

test.each([
  ['a year that Postgres does not know', '0000-01-01T00:00:00Z'],
  ['a time that is of the year 10000 in UTC', '9999-12-31T23:00:00-05:00'],
])('%s is BAD_USER_INPUT and stores nothing', async (_name, scheduledFor) => {
  const before = await stored();
  const input = desk.message({ idempotencyKey: 'a-time', scheduledFor });
  expect(await desk.admin.failureCodes(SendNotificationDocument, { input })).toEqual(['BAD_USER_INPUT']);
  expect(await stored()).toEqual(before);
});
