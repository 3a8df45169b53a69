import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestSlack } from './test-world.ts';
import { refusalOf, startTestSlack } from './test-world.ts';

const GENERAL = 'C0ACME0001';
const RANDOM = 'C0ACME0002';
let slack: TestSlack;

beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());
beforeEach(async () => {
  await slack.control('POST', 'reset', { config: true });
});

const channelNamed = async (name: string): Promise<string> => {
  const { channels } = (await slack.control('GET', 'channels?team=T0ACME')) as {
    channels: { id: string; name: string }[];
  };
  return channels.find((channel) => channel.name === name)?.id ?? '';
};

test('a post by the bot carries bot_id, app_id, user and bot_profile, and is in the ledger', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const metadata = { event_type: 'heliograph_delivery', event_payload: { delivery_id: 'n-1' } };
  const posted = await client.chat.postMessage({ channel: GENERAL, text: 'hello', metadata });
  expect(posted.ts).toMatch(/^\d{10}\.\d{6}$/);
  expect(posted.message).toMatchObject({
    bot_id: 'B0ACMEBOT',
    app_id: 'A0HELIOSIM',
    user: 'U0ACMEBOT',
    bot_profile: { name: 'Heliograph' },
  });
  const { entries } = (await slack.control('GET', 'ledger?since=0')) as { entries: object[] };
  expect(entries).toMatchObject([
    {
      team: 'T0ACME',
      channel: GENERAL,
      ts: posted.ts,
      user: 'U0ACMEBOT',
      bot: 'B0ACMEBOT',
      token_kind: 'bot',
      text: 'hello',
      metadata,
    },
  ]);
});

test('a post by a person carries the user and no bot', async () => {
  const client = slack.client(await slack.userToken('T0ACME', 'U0ACME002'));
  const posted = await client.chat.postMessage({ channel: RANDOM, text: 'as me' });
  expect(posted.message?.user).toBe('U0ACME002');
  expect(posted.message?.bot_id).toBeUndefined();
});

test('where a bot may post follows membership, chat:write.public, archive and restrictions', async () => {
  const open = slack.client(await slack.botToken('T0ACME'));
  const narrow = slack.client(await slack.botToken('T0GLOBEX', 'chat:write'));
  const post = async (name: string): Promise<string> =>
    refusalOf(open.chat.postMessage({ channel: await channelNamed(name), text: 'x' }));
  expect(await post('random')).toBe('ok');
  expect(await post('ops-alerts')).toBe('ok');
  expect(await post('leadership')).toBe('channel_not_found');
  expect(await post('offsite-2023')).toBe('is_archived');
  expect(await post('announcements')).toBe('restricted_action_read_only_channel');
  expect(await post('ask-anything')).toBe('restricted_action_thread_only_channel');
  expect(await refusalOf(narrow.chat.postMessage({ channel: 'C0GLBX0002', text: 'x' }))).toBe('not_in_channel');
  expect(await refusalOf(open.chat.postMessage({ channel: 'C0GLBX0001', text: 'x' }))).toBe('channel_not_found');
});

test('a person posts only where they are a member', async () => {
  const client = slack.client(await slack.userToken('T0UMBRELLA', 'U0UMBR001'));
  expect(await refusalOf(client.chat.postMessage({ channel: 'C0UMBR0005', text: 'x' }))).toBe('not_in_channel');
});

test('a user id opens the DM and the answer names its D channel', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const posted = await client.chat.postMessage({ channel: 'U0ACME003', text: 'psst' });
  expect(posted.channel).toMatch(/^D/);
  expect((await client.chat.postMessage({ channel: 'U0ACME003', text: 'again' })).channel).toBe(posted.channel);
});

test('text over 40,000 characters is cut with a warning', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const posted = await client.chat.postMessage({ channel: GENERAL, text: 'a'.repeat(40_001) });
  expect(posted).toMatchObject({
    ok: true,
    warning: 'message_truncated',
    response_metadata: { warnings: ['message_truncated'] },
  });
  expect(posted.message?.text).toHaveLength(40_000);
});

test('a character is a code point: emoji count once, and none is cut in half', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const whole = await client.chat.postMessage({ channel: GENERAL, text: '🚀'.repeat(40_000) });
  expect(whole).not.toHaveProperty('warning');
  expect(whole.message?.text).toBe('🚀'.repeat(40_000));
  const cut = await client.chat.postMessage({ channel: GENERAL, text: `a${'🚀'.repeat(40_000)}` });
  expect(cut).toMatchObject({ warning: 'message_truncated' });
  expect(cut.message?.text).toBe(`a${'🚀'.repeat(39_999)}`);
  const { ts = '' } = whole;
  expect((await client.chat.update({ channel: GENERAL, ts, text: '🚀'.repeat(4_000) })).ok).toBe(true);
  expect(await refusalOf(client.chat.update({ channel: GENERAL, ts, text: '🚀'.repeat(4_001) }))).toBe('msg_too_long');
  const markdown = (count: number) =>
    refusalOf(client.chat.postMessage({ channel: GENERAL, markdown_text: '🚀'.repeat(count) }));
  expect([await markdown(12_000), await markdown(12_001)]).toEqual(['ok', 'msg_too_long']);
});

test('content that Slack refuses is refused by its documented code and never stored', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const post = (content: object): Promise<string> =>
    refusalOf(client.apiCall('chat.postMessage', { channel: GENERAL, ...content }));
  const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });
  expect(await post({})).toBe('no_text');
  expect(await post({ blocks: 'nonsense' })).toBe('invalid_blocks_format');
  expect(await post({ blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) })).toBe('invalid_blocks');
  expect(await post({ blocks: [section('a'.repeat(3_001))] })).toBe('invalid_blocks');
  expect(await post({ blocks: [{ type: 'nope' }] })).toBe('invalid_blocks');
  expect(await post({ blocks: Array.from({ length: 5 }, () => section('a'.repeat(2_900))) })).toBe(
    'msg_blocks_too_long',
  );
  expect(await post({ text: 'x', metadata: 'no' })).toBe('invalid_metadata_format');
  expect(await post({ text: 'x', thread_ts: '1.000001' })).toBe('cannot_reply_to_message');
  expect(await post({ text: 'x', username: 'Someone' })).toBe('missing_scope');
  expect(await slack.control('GET', 'ledger')).toMatchObject({ entries: [] });
});

test('the per-channel limit answers 429 with Retry-After and leaves other channels alone', async () => {
  await slack.control('POST', 'config', { channelPostsPerSecond: 1, channelBurst: 2 });
  const token = await slack.botToken('T0ACME');
  const client = slack.client(token);
  await client.chat.postMessage({ channel: GENERAL, text: '1' });
  await client.chat.postMessage({ channel: GENERAL, text: '2' });
  const response = await fetch(`${slack.url}/api/chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ channel: GENERAL, text: '3' }),
  });
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await response.json()).toEqual({ ok: false, error: 'ratelimited' });
  await client.chat.postMessage({ channel: RANDOM, text: 'other' });
});

test('update, delete and permalink work on own messages only', async () => {
  const bot = slack.client(await slack.botToken('T0ACME'));
  const person = slack.client(await slack.userToken('T0ACME', 'U0ACME001'));
  const { ts = '' } = await bot.chat.postMessage({ channel: GENERAL, text: 'first' });
  expect((await bot.chat.update({ channel: GENERAL, ts, text: 'second' })).text).toBe('second');
  expect(await refusalOf(bot.chat.update({ channel: GENERAL, ts, text: 'a'.repeat(4_001) }))).toBe('msg_too_long');
  expect(await refusalOf(person.chat.update({ channel: GENERAL, ts, text: 'mine' }))).toBe('cant_update_message');
  const { permalink = '' } = await bot.chat.getPermalink({ channel: GENERAL, message_ts: ts });
  expect(permalink).toBe(`${slack.url}/archives/${GENERAL}/p${ts.replace('.', '')}`);
  const page = await fetch(permalink);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('second');
  expect(await refusalOf(person.chat.delete({ channel: GENERAL, ts }))).toBe('cant_delete_message');
  await bot.chat.delete({ channel: GENERAL, ts });
  expect(await refusalOf(bot.chat.getPermalink({ channel: GENERAL, message_ts: ts }))).toBe('message_not_found');
});

test('client_msg_id is ignored by default and deduplicates when switched on', async () => {
  const client = slack.client(await slack.botToken('T0ACME'));
  const post = async (): Promise<unknown> => {
    const answer: object = await client.apiCall('chat.postMessage', {
      channel: RANDOM,
      text: 'x',
      client_msg_id: 'same',
    });
    return 'ts' in answer ? answer.ts : null;
  };
  expect(await post()).not.toBe(await post());
  await slack.control('POST', 'config', { dedupeClientMsgId: true });
  expect(await post()).toBe(await post());
});
