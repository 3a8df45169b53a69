import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestSlack } from './test-world.ts';
import { refusalOf, startTestSlack } from './test-world.ts';

const GENERAL = 'C0ACME0001';
let slack: TestSlack;

beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());
beforeEach(async () => {
  await slack.control('POST', 'reset', { config: true });
  await slack.control('POST', 'config', { channelPostsPerSecond: 0 });
});

const ALL_TYPES = 'public_channel,private_channel,mpim,im';
const channelNamed = async (name: string): Promise<string> => {
  const { channels } = (await slack.control('GET', 'channels?team=T0ACME')) as {
    channels: { id: string; name: string }[];
  };
  return channels.find((channel) => channel.name === name)?.id ?? '';
};

test('a bot lists every public channel, and of the private ones only its own', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const { channels = [] } = await client.conversations.list({ types: ALL_TYPES, limit: 999 });
  const names = channels.map(({ name }) => name);
  expect(names).toContain('random');
  expect(names).toContain('ops-alerts');
  expect(names).not.toContain('leadership');
  expect(channels.find(({ name }) => name === 'random')).toMatchObject({
    is_member: false,
    is_private: false,
    is_archived: false,
  });
  expect(channels.find(({ name }) => name === 'ops-alerts')).toMatchObject({ is_member: true, is_private: true });
});

test('a person lists what they see: their private channels and DMs as well', async () => {
  const client = slack.client(await slack.userToken('T0ACME', 'U0ACME003'));
  const { channels = [] } = await client.conversations.list({ types: ALL_TYPES, limit: 999 });
  const names = channels.flatMap(({ name }) => name ?? []);
  expect(names).toContain('hr-confidential');
  expect(names).not.toContain('project-aurora');
  expect(channels.filter((channel) => channel.is_im)).toMatchObject([{ user: 'U0ACME001' }]);
});

test('six thousand channels come page by page, each exactly once', async () => {
  const client = slack.client(await slack.botToken('T0UMBRELLA'));
  const ids = new Set<string>();
  let count = 0;
  let cursor = '';
  do {
    const page = await client.conversations.list({ limit: 900, ...(cursor === '' ? {} : { cursor }) });
    for (const { id = '' } of page.channels ?? []) ids.add(id);
    count += page.channels?.length ?? 0;
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor !== '');
  expect(count).toBe(6_000);
  expect(ids.size).toBe(6_000);
});

test('leaving archived channels out makes pages short before the end', async () => {
  const client = slack.client(await slack.botToken('T0UMBRELLA'));
  const page = await client.conversations.list({ limit: 500, exclude_archived: true });
  expect(page.channels?.length).toBeLessThan(500);
  expect(page.response_metadata?.next_cursor).not.toBe('');
});

test('pages may be cut shorter than asked for, and an empty one with a cursor may come before each', async () => {
  await slack.control('POST', 'config', { listPageMax: 9, listEmptyPages: true });
  const client = slack.client(await slack.botToken('T0ACME'));
  const sizes: number[] = [];
  const ids: string[] = [];
  let cursor = '';
  do {
    const page = await client.conversations.list({ limit: 999, ...(cursor === '' ? {} : { cursor }) });
    ids.push(...(page.channels ?? []).map(({ id = '' }) => id));
    sizes.push(page.channels?.length ?? 0);
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor !== '');
  expect(sizes).toEqual([0, 9, 0, 9, 0, 9, 0, 1]);
  expect(new Set(ids).size).toBe(28);
  const mine = await client.users.conversations({ types: ALL_TYPES, limit: 999 });
  expect([mine.channels, mine.response_metadata?.next_cursor]).toEqual([[], expect.stringMatching(/./)]);
});

test('a channel is shared with another organisation where the seed or the control API says so', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const flags = async (channel: string) => {
    const { channel: shown } = await client.conversations.info({ channel });
    return [shown?.is_shared, shown?.is_ext_shared, shown?.is_org_shared, shown?.shared_team_ids?.length];
  };
  expect(await flags(await channelNamed('with-globex'))).toEqual([true, true, false, 2]);
  expect(await flags(GENERAL)).toEqual([false, false, false, 1]);
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: GENERAL, shared: true });
  expect(await flags(GENERAL)).toEqual([true, true, false, 2]);
  const { channel: made } = await slack.control('POST', 'channel', { team: 'T0ACME', name: 'partners', shared: true });
  expect(await flags(String(made))).toEqual([true, true, false, 2]);
});

test('a type without its scope fails the whole call, naming needed and provided', async () => {
  const client = slack.client(await slack.botToken('T0ACME', 'chat:write,channels:read'));
  const failed = client.conversations.list({ types: 'public_channel,private_channel' });
  await expect(failed).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: 'channels:read,groups:read', provided: 'chat:write,channels:read' },
  });
});

test('a cursor or a type that Slack never gave out is refused', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  expect(await refusalOf(client.conversations.list({ cursor: 'bm9uc2Vuc2U=' }))).toBe('invalid_cursor');
  expect(await refusalOf(client.conversations.list({ types: 'secret' }))).toBe('invalid_types');
  expect(await refusalOf(client.conversations.list({ limit: -1 }))).toBe('invalid_limit');
});

test('users.conversations lists memberships only', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const { channels = [] } = await client.users.conversations({ types: ALL_TYPES });
  expect(channels.map(({ name }) => name ?? '').sort((a, b) => a.localeCompare(b))).toEqual([
    'deployments',
    'general',
    'ops-alerts',
    'website-audits',
    'weekly-metrics',
  ]);
});

test('info, join and open follow what the token may see', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  expect((await client.conversations.info({ channel: GENERAL, include_num_members: true })).channel).toMatchObject({
    name: 'general',
    num_members: 6,
  });
  expect(await refusalOf(client.conversations.info({ channel: await channelNamed('leadership') }))).toBe(
    'channel_not_found',
  );
  const random = await channelNamed('random');
  expect((await client.conversations.join({ channel: random })).channel).toMatchObject({ is_member: true });
  expect(await client.conversations.join({ channel: random })).toMatchObject({ warning: 'already_in_channel' });
  expect(await refusalOf(client.conversations.join({ channel: await channelNamed('offsite-2023') }))).toBe(
    'is_archived',
  );
  const first = await client.conversations.open({ users: 'U0ACME002' });
  expect(first.channel?.id).toMatch(/^D/);
  expect(await client.conversations.open({ users: 'U0ACME002' })).toMatchObject({
    already_open: true,
    channel: { id: first.channel?.id },
  });
  expect(await refusalOf(client.conversations.open({ users: 'U0ACME006' }))).toBe('user_disabled');
  expect((await client.conversations.open({ users: 'U0ACME002,U0ACME003' })).channel?.id).toMatch(/^G/);
});

test('history goes backwards in pages, and shows whole metadata only when asked', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const metadata = { event_type: 'heliograph_delivery', event_payload: { delivery_id: 'n-1' } };
  const sent: string[] = [];
  for (let index = 0; index < 5; index += 1) {
    sent.push((await client.chat.postMessage({ channel: GENERAL, text: `m${index}`, metadata })).ts ?? '');
  }
  const oldest = sent[0] ?? '';
  const first = await client.conversations.history({ channel: GENERAL, oldest, inclusive: true, limit: 3 });
  expect(first.messages?.map(({ text }) => text)).toEqual(['m4', 'm3', 'm2']);
  expect(first.messages?.[0]?.metadata).toEqual({ event_type: 'heliograph_delivery' });
  expect(first.has_more).toBe(true);
  const cursor = first.response_metadata?.next_cursor ?? '';
  const rest = await client.conversations.history({
    channel: GENERAL,
    oldest,
    inclusive: true,
    cursor,
    include_all_metadata: true,
  });
  expect(rest.messages?.map(({ text }) => text)).toEqual(['m1', 'm0']);
  expect(rest.messages?.[0]?.metadata).toEqual(metadata);
  const exclusive = await client.conversations.history({ channel: GENERAL, oldest });
  expect(exclusive.messages).toHaveLength(4);
});

test('a bot reads history only as a member; a person reads every public channel', async () => {
  const bot = slack.client(await slack.botToken('T0ACME'));
  const person = slack.client(await slack.userToken('T0UMBRELLA', 'U0UMBR001'));
  expect(await refusalOf(bot.conversations.history({ channel: await channelNamed('random') }))).toBe('not_in_channel');
  expect(await refusalOf(bot.conversations.history({ channel: await channelNamed('leadership') }))).toBe(
    'channel_not_found',
  );
  expect(await refusalOf(person.conversations.history({ channel: 'C0UMBR0005' }))).toBe('ok');
});

test('replies stay out of the history and are read by their thread', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const { ts = '' } = await client.chat.postMessage({ channel: GENERAL, text: 'parent' });
  await client.chat.postMessage({ channel: GENERAL, text: 'reply', thread_ts: ts });
  await client.chat.postMessage({ channel: GENERAL, text: 'loud reply', thread_ts: ts, reply_broadcast: true });
  const history = await client.conversations.history({ channel: GENERAL, oldest: ts, inclusive: true });
  expect(history.messages?.map(({ text }) => text)).toEqual(['loud reply', 'parent']);
  const thread = await client.conversations.replies({ channel: GENERAL, ts });
  expect(thread.messages?.map(({ text }) => text)).toEqual(['parent', 'reply', 'loud reply']);
  expect(thread.messages?.[0]).toMatchObject({ reply_count: 2, thread_ts: ts });
  expect(await refusalOf(client.conversations.replies({ channel: GENERAL, ts: '1.000001' }))).toBe('thread_not_found');
});

test('the ts of a reply reads that reply alone, and a reply to it is one of its thread', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const post = async (text: string, more: object = {}): Promise<string> =>
    (await client.chat.postMessage({ channel: GENERAL, text, ...more })).ts ?? '';
  const parent = await post('parent');
  const first = await post('first', { thread_ts: parent });
  const loud = await post('loud', { thread_ts: first, reply_broadcast: true });
  for (const ts of [first, loud]) {
    const alone = await client.conversations.replies({ channel: GENERAL, ts, oldest: '9999999999', limit: 1 });
    expect(alone.messages).toMatchObject([{ ts, thread_ts: parent }]);
    expect(alone.has_more).toBe(false);
    expect(alone.response_metadata?.next_cursor).toBeUndefined();
  }
  const thread = await client.conversations.replies({ channel: GENERAL, ts: parent });
  expect(thread.messages?.map(({ ts }) => ts)).toEqual([parent, first, loud]);
});

test('an org-wide token names its team, and reaches no team outside the organisation', async () => {
  const installed = await slack.exchange(
    (await slack.consent({ team: 'T0INITECH', scope: 'chat:write,channels:read', org_wide: '1' })).get('code') ?? '',
  );
  const client = slack.client(String(installed['access_token']));
  expect((await client.conversations.list({ team_id: 'T0INITRODE' })).channels?.length).toBe(3);
  expect(await refusalOf(client.conversations.list({}))).toBe('missing_argument');
  expect(await refusalOf(client.conversations.list({ team_id: 'T0ACME' }))).toBe('team_access_not_granted');
  expect(await refusalOf(client.chat.postMessage({ channel: 'C0INTC0001', text: 'hello' }))).toBe('ok');
  expect(await refusalOf(client.chat.postMessage({ channel: '#general', text: 'hello' }))).toBe('team_not_found');
});

test('users.info and team.info answer within the team only', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  expect((await client.users.info({ user: 'U0ACME002' })).user).toMatchObject({
    name: 'ben',
    team_id: 'T0ACME',
    is_bot: false,
  });
  expect(await refusalOf(client.users.info({ user: 'U0GLBX001' }))).toBe('user_not_found');
  expect((await client.team.info()).team).toMatchObject({ id: 'T0ACME', name: 'Acme', domain: 'acme' });
});
