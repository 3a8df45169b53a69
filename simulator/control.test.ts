import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test, vi } from 'vitest';
import type { TestSlack } from './test-world.ts';
import { CLIENT, REDIRECT_URI, refusalOf, startTestSlack } from './test-world.ts';

const GENERAL = 'C0ACME0001';
const running: { stop(): Promise<void> }[] = [];

async function start(options: Parameters<typeof startTestSlack>[0] = {}): Promise<TestSlack> {
  const slack = await startTestSlack(options);
  running.push(slack);
  return slack;
}

const channelNamed = async (slack: TestSlack, wanted: string): Promise<string> => {
  const { channels } = (await slack.control('GET', 'channels?team=T0ACME')) as {
    channels: { id: string; name: string }[];
  };
  return channels.find(({ name }) => name === wanted)?.id ?? '';
};

afterEach(async () => {
  for (const slack of running.splice(0)) await slack.stop();
});

test('what was granted, joined and posted outlives the process', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const stateFile = join(folder, 'nested', 'slack.json');
  const before = await start({ stateFile });
  const token = await before.botToken('T0ACME');
  const { ts = '' } = await before.client(token).chat.postMessage({ channel: GENERAL, text: 'kept' });
  await before.client(token).conversations.join({ channel: 'C0ACME0002' });
  const opened = await before.client(token).conversations.open({ users: 'U0ACME002' });
  await before.stop();
  const after = await start({ stateFile });
  const client = after.client(token);
  expect((await client.conversations.history({ channel: GENERAL, limit: 1 })).messages).toMatchObject([
    { ts, text: 'kept' },
  ]);
  expect(await refusalOf(client.conversations.history({ channel: 'C0ACME0002' }))).toBe('ok');
  expect((await client.conversations.open({ users: 'U0ACME002' })).channel?.id).toBe(opened.channel?.id);
  expect(await after.control('GET', 'ledger')).toMatchObject({ entries: [{ seq: 1, ts, text: 'kept' }] });
  expect((await client.chat.postMessage({ channel: GENERAL, text: 'next' })).ts?.localeCompare(ts)).toBe(1);
  await after.stop();
  await rm(folder, { recursive: true });
});

test('a reset forgets messages, tokens and faults, and keeps the seed', async () => {
  const slack = await start();
  const token = await slack.botToken('T0ACME');
  await slack.client(token).chat.postMessage({ channel: GENERAL, text: 'gone' });
  await slack.control('POST', 'faults', { match: { method: '*' }, fault: { type: 'hang' }, times: 0 });
  await slack.control('POST', 'reset', {});
  expect(await refusalOf(slack.client(token).auth.test())).toBe('invalid_auth');
  expect(await slack.control('GET', 'ledger')).toMatchObject({ entries: [], count: 0 });
  const { teams } = (await slack.control('GET', 'teams')) as { teams: { id: string }[] };
  expect(teams.map(({ id }) => id)).toEqual(['T0ACME', 'T0GLOBEX', 'T0INITECH', 'T0INITRODE', 'T0UMBRELLA']);
});

test('revoking ends one person, or everything of the team', async () => {
  const slack = await start();
  const bot = await slack.botToken('T0ACME');
  const person = await slack.userToken('T0ACME', 'U0ACME002');
  const test = (token: string): Promise<string> => refusalOf(slack.client(token).auth.test());
  await slack.control('POST', 'revoke', { team: 'T0ACME', user: 'U0ACME002' });
  expect([await test(bot), await test(person)]).toEqual(['ok', 'token_revoked']);
  await slack.control('POST', 'revoke', { team: 'T0ACME', error: 'invalid_auth' });
  expect(await test(bot)).toBe('invalid_auth');
  const { tokens } = (await slack.control('GET', 'tokens')) as { tokens: { revoked: boolean }[] };
  expect(tokens.every(({ revoked }) => revoked)).toBe(true);
  expect(JSON.stringify(tokens)).not.toContain(bot);
});

test('membership and channels change as people would change them', async () => {
  const slack = await start();
  const client = slack.client(await slack.botToken('T0ACME'));
  const post = (channel: string): Promise<string> => refusalOf(client.chat.postMessage({ channel, text: 'x' }));
  const { channel } = (await slack.control('POST', 'channel', { team: 'T0ACME', name: 'secret', private: true })) as {
    channel: string;
  };
  expect(await post(channel)).toBe('channel_not_found');
  await slack.control('POST', 'membership', { team: 'T0ACME', channel, user: 'bot', member: true });
  expect(await post(channel)).toBe('ok');
  await slack.control('POST', 'channel', { team: 'T0ACME', channel, name: 'renamed', archived: true });
  expect((await client.conversations.info({ channel })).channel).toMatchObject({
    name: 'renamed',
    previous_names: ['secret'],
  });
  expect(await post(channel)).toBe('is_archived');
  await slack.control('POST', 'channel', { team: 'T0ACME', channel, deleted: true });
  expect(await post(channel)).toBe('channel_not_found');
});

test('a channel that becomes private, or public, is so in every way, after a restart too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const stateFile = join(folder, 'slack.json');
  const before = await start({ stateFile });
  const token = await before.botToken('T0ACME');
  const [random, alerts] = ['C0ACME0002', await channelNamed(before, 'ops-alerts')];
  await before.control('POST', 'channel', { team: 'T0ACME', channel: random, private: true });
  await before.control('POST', 'channel', { team: 'T0ACME', channel: alerts, private: false });
  const look = async (slack: TestSlack) => {
    const client = slack.client(token);
    const publicOnes = (await client.conversations.list({ types: 'public_channel', limit: 999 })).channels ?? [];
    return {
      listed: publicOnes.map(({ id }) => id).filter((id) => id === random || id === alerts),
      posted: await refusalOf(client.chat.postMessage({ channel: random, text: 'x' })),
      isPrivate: (await client.conversations.info({ channel: alerts })).channel?.is_private,
    };
  };
  const expected = { listed: [alerts], posted: 'channel_not_found', isPrivate: false };
  expect(await look(before)).toEqual(expected);
  await before.control('POST', 'membership', { team: 'T0ACME', channel: random, user: 'bot', member: true });
  const { channels } = await before.client(token).conversations.list({ types: 'private_channel', limit: 999 });
  expect(channels?.map(({ id }) => id)).toContain(random);
  await before.control('POST', 'membership', { team: 'T0ACME', channel: random, user: 'bot', member: false });
  await before.stop();
  const after = await start({ stateFile });
  expect(await look(after)).toEqual(expected);
  await after.stop();
  await rm(folder, { recursive: true });
});

test('a direct message is no channel that could become private', async () => {
  const slack = await start();
  const opened = await slack.client(await slack.botToken('T0ACME')).conversations.open({ users: 'U0ACME002' });
  const order = { team: 'T0ACME', channel: opened.channel?.id, private: false };
  expect(await slack.control('POST', 'channel', order)).toMatchObject({
    ok: false,
    error: expect.stringContaining('direct') as string,
  });
});

test('limits per team and per method are off until they are set', async () => {
  const slack = await start();
  const client = slack.client(await slack.botToken('T0ACME'));
  const other = slack.client(await slack.botToken('T0GLOBEX'));
  await slack.control('POST', 'config', { methodsPerMinute: { 'auth.test': 2 }, teamPostsPerMinute: 1 });
  await client.auth.test();
  await client.auth.test();
  await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 60 });
  await other.auth.test();
  await client.chat.postMessage({ channel: GENERAL, text: '1' });
  await expect(client.chat.postMessage({ channel: 'C0ACME0002', text: '2' })).rejects.toMatchObject({ retryAfter: 60 });
});

test('a message typed by a person is in the channel and not in the ledger', async () => {
  const slack = await start();
  const client = slack.client(await slack.botToken('T0ACME'));
  await slack.control('POST', 'message', { team: 'T0ACME', channel: 'general', user: 'U0ACME001', text: 'hi' });
  const { messages } = await client.conversations.history({ channel: GENERAL, limit: 1 });
  expect(messages).toMatchObject([{ user: 'U0ACME001', text: 'hi' }]);
  expect(await slack.control('GET', 'ledger')).toMatchObject({ count: 0 });
});

test('a team can be added for load, and works like any other', async () => {
  const slack = await start();
  const { channels } = (await slack.control('POST', 'team', { id: 'T0LOAD1', channels: 3 })) as { channels: string[] };
  expect(channels).toEqual(['C0LOAD10001', 'C0LOAD10002', 'C0LOAD10003']);
  const client = slack.client(await slack.botToken('T0LOAD1'));
  expect(await refusalOf(client.chat.postMessage({ channel: 'C0LOAD10002', text: 'x' }))).toBe('ok');
});

test('a journal that a crash cut in the middle of a line loses that line only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const stateFile = join(folder, 'slack.json');
  const before = await start({ stateFile });
  const token = await before.botToken('T0ACME');
  await before.client(token).chat.postMessage({ channel: GENERAL, text: 'first' });
  await before.stop();
  await appendFile(`${stateFile}.journal`, '{"op":"post","chan');
  const between = await start({ stateFile });
  await between.client(token).chat.postMessage({ channel: GENERAL, text: 'second' });
  await between.stop();
  const after = await start({ stateFile });
  expect(await after.control('GET', 'ledger')).toMatchObject({ entries: [{ text: 'first' }, { text: 'second' }] });
  await after.stop();
  await rm(folder, { recursive: true });
});

test.each(['', '{"version":1', 'null', '{"version":1,"tokenOffsetMs":0}', '{"grants":[null],"tokens":[]}'])(
  'a state file that holds %j is named, with what to do about it',
  async (text) => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    const stateFile = join(folder, 'slack.json');
    await writeFile(stateFile, text);
    const refused = await startTestSlack({ stateFile }).catch((error: Error) => error.message);
    expect(refused).toBe(`${stateFile} is broken: delete it, start again, and connect again what was connected.`);
    await rm(folder, { recursive: true });
  },
);

test('a malformed order is refused in words', async () => {
  const slack = await start();
  expect(await slack.control('POST', 'config', { chanelBurst: 1 })).toMatchObject({
    ok: false,
    error: expect.stringContaining('chanelBurst') as string,
  });
  expect(await slack.control('POST', 'revoke', { team: 'T1' })).toMatchObject({
    ok: false,
    error: expect.stringContaining('T0ACME') as string,
  });
});

test('a fault of its own is a server error, and is said aloud', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
  const slack = await start({ stateFile: join(folder, 'slack.json') });
  const code = (await slack.consent({ team: 'T0ACME', scope: 'chat:write' })).get('code') ?? '';
  await rm(folder, { recursive: true });
  const said = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const answer = await fetch(`${slack.url}/api/oauth.v2.access`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      code,
      redirect_uri: REDIRECT_URI,
    }),
  });
  expect(answer.status).toBe(500);
  expect(await answer.text()).toContain('Server Error');
  expect(said).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/oauth\.v2\.access: .*ENOENT/));
  await mkdir(folder);
  await slack.stop();
  await rm(folder, { recursive: true });
});

test.each([
  ['JSON that is cut', 'application/json', '{"a":', 'invalid_json'],
  ['nothing, called JSON,', 'application/json', '', 'invalid_json'],
  ['a form without end', 'application/x-www-form-urlencoded', 'a'.repeat(5_000_000), 'invalid_form_data'],
  ['another type', 'text/csv', 'a,b', 'invalid_post_type'],
])('a body of %s is refused in a word of Slack', async (_name, type, body, word) => {
  const slack = await start();
  const answer = await fetch(`${slack.url}/api/api.test`, { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ ok: false, error: word });
});

test('web pages of other sites cannot reach the control API', async () => {
  const slack = await start();
  const response = await fetch(`${slack.url}/control/tokens`, { headers: { origin: 'https://evil.example' } });
  expect(response.status).toBe(403);
});

test('stopping ends hanging requests at once, and twice is harmless', async () => {
  const slack = await start();
  await slack.control('POST', 'faults', { match: { method: 'api.test' }, fault: { type: 'hang' } });
  const hanging = fetch(`${slack.url}/api/api.test`).catch(() => 'ended');
  await expect
    .poll(async () => ((await slack.control('GET', 'requests')) as { entries: unknown[] }).entries.length)
    .toBe(1);
  await Promise.all([slack.stop(), slack.stop()]);
  expect(await hanging).toBe('ended');
});

test('the process says where it listens, and ends with its parent', async () => {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'main.ts'), '--port', '0', '--exit-with-parent'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve));
  const { listening } = JSON.parse(line) as { listening: string };
  expect(await (await fetch(`${listening}/api/api.test`)).json()).toMatchObject({ ok: true });
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});
