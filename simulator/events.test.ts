import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startTestSlack } from './test-world.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An app that refuses the first so many requests, and resolves once it heard as many as wanted. */
async function startApp(
  refusals: number,
  wanted: number,
  refuse: (response: ServerResponse) => void = (response) => void response.writeHead(500).end(),
): Promise<{ url: string; heard: Promise<Heard[]>; all: Heard[] }> {
  const all: Heard[] = [];
  let finish: (heard: Heard[]) => void;
  const heard = new Promise<Heard[]>((resolve) => (finish = resolve));
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      all.push({ headers: request.headers, body });
      if (all.length <= refusals) refuse(response);
      else response.writeHead(200).end();
      if (all.length === wanted) finish(all);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, heard, all };
}

test('what a person does in Slack is told to the app, signed, and again until it acknowledges', async () => {
  const app = await startApp(2, 3);
  const slack = await startTestSlack({ signingSecret: 'shh', eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.control('POST', 'events', { retriesMs: [0, 0, 0] });
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', name: 'renamed' });
  const heard = await app.heard;
  expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
  expect(heard.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2']);
  for (const { headers, body } of heard) {
    const expected = createHmac('sha256', 'shh').update(`v0:${String(headers['x-slack-request-timestamp'])}:${body}`);
    expect(headers['x-slack-signature']).toBe(`v0=${expected.digest('hex')}`);
  }
  expect(JSON.parse(heard[0]?.body ?? '')).toMatchObject({
    type: 'event_callback',
    team_id: 'T0ACME',
    api_app_id: 'A0HELIOSIM',
    event: { type: 'channel_rename', channel: { id: 'C0ACME0002', name: 'renamed' } },
  });
});

test('events of one second are told apart by their event_ts, which grows', async () => {
  const app = await startApp(0, 4);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  const names = ['one', 'two', 'three', 'four'];
  for (const name of names)
    await slack.control('POST', 'event', { team: 'T0ACME', event: { type: 'team_rename', name }, eventTime: 1 });
  const told = (await app.heard).map(({ body }) => (JSON.parse(body) as { event: { event_ts: string } }).event);
  expect(told.toSorted((a, b) => (a.event_ts < b.event_ts ? -1 : 1))).toMatchObject(names.map((name) => ({ name })));
  for (const { event_ts: ts } of told) expect(ts).toMatch(/^1\.\d{6}$/);
  expect(new Set(told.map(({ event_ts: ts }) => ts)).size).toBe(names.length);
});

test.each([
  ['http_error', 'an answer that is none of success', (response: ServerResponse) => void response.writeHead(503).end()],
  ['connection_failed', 'a connection that breaks', (response: ServerResponse) => void response.destroy()],
  ['http_timeout', 'no answer in time', () => {}],
])('%s is the reason of a retry after %s', async (reason, _what, refuse) => {
  const app = await startApp(1, 2, refuse);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.control('POST', 'events', { retriesMs: [0] });
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', name: 'renamed' });
  const [first, second] = await app.heard;
  expect(first?.headers['x-slack-retry-reason']).toBeUndefined();
  expect(second?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': reason });
});

test('two redirects are followed, and a third is too_many_redirects', async () => {
  const redirect = (response: ServerResponse) =>
    void response.writeHead(302, { location: '/slack/events?again' }).end();
  const app = await startApp(5, 6, redirect);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.control('POST', 'events', { retriesMs: [0] });
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', name: 'renamed' });
  const heard = await app.heard;
  const reasons = heard.map(({ headers }) => headers['x-slack-retry-reason']);
  expect(reasons).toEqual(Array.from({ length: 6 }, (_, index) => (index < 3 ? undefined : 'too_many_redirects')));
  expect(new Set(heard.map(({ body }) => body)).size).toBe(1);
});

const bodiesOf = async ({ heard }: { heard: Promise<Heard[]> }) =>
  (await heard).map(({ body }) => JSON.parse(body) as { event: { type: string } & Record<string, unknown> });

test('an envelope names the organisation, who hears it, and whether its channel is shared with another', async () => {
  const app = await startApp(0, 2);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.userToken('T0ACME', 'U0ACME002');
  await slack.userToken('T0INITECH', 'U0INTC002');
  await slack.botToken('T0INITECH');
  await slack.control('POST', 'channel', { team: 'T0ACME', name: 'ours' });
  await slack.control('POST', 'channel', { team: 'T0INITECH', name: 'theirs', shared: true });
  const [ours, theirs] = (await bodiesOf(app)).toSorted((a) => (JSON.stringify(a).includes('"ours"') ? -1 : 1));
  const granted = { is_enterprise_install: false };
  expect(ours).toMatchObject({
    team_id: 'T0ACME',
    authorizations: [{ ...granted, enterprise_id: null, team_id: 'T0ACME', user_id: 'U0ACME002', is_bot: false }],
    is_ext_shared_channel: false,
    event_context: expect.stringMatching(/^4-/),
    event: { channel: { is_shared: false, is_ext_shared: false, is_private: false, creator: 'U0ACME001' } },
  });
  expect(ours).not.toHaveProperty('enterprise_id');
  expect(theirs).toMatchObject({
    enterprise_id: 'E0INITRODE',
    authorizations: [{ ...granted, enterprise_id: 'E0INITRODE', user_id: 'U0INTCBOT', is_bot: true }],
    is_ext_shared_channel: true,
    event: { channel: { is_shared: true, is_ext_shared: true, shared_team_ids: ['T0INITECH', 'T0PARTNER'] } },
  });
});

test('what becomes of a channel is told with who did it, and with its whole name', async () => {
  const app = await startApp(0, 4);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  const change = (body: object) => slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', ...body });
  await change({ name: 'renamed' });
  await change({ archived: true });
  await change({ archived: false });
  await change({ deleted: true });
  const events = new Map((await bodiesOf(app)).map(({ event }) => [event.type, event]));
  const channel = { id: 'C0ACME0002', name: 'renamed', name_normalized: 'renamed', is_channel: true, is_mpim: false };
  expect(events.get('channel_rename')).toMatchObject({ channel: { ...channel, created: 1_709_542_800 } });
  const by = { channel: 'C0ACME0002', user: 'U0ACME001' };
  expect([events.get('channel_archive'), events.get('channel_unarchive')]).toMatchObject([by, by]);
  expect(events.get('channel_deleted')).toMatchObject({ channel: 'C0ACME0002', actor_id: 'U0ACME001' });
});

test('x-slack-no-retry in the app’s answer ends the retries of that event', async () => {
  const app = await startApp(1, 2, (response) => void response.writeHead(403, { 'x-slack-no-retry': '1' }).end());
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.control('POST', 'events', { retriesMs: [0, 0, 0] });
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', name: 'refused' });
  await expect.poll(() => app.all.length).toBe(1);
  // The second one is heard; a retry of the first would have come before it.
  await slack.control('POST', 'channel', { team: 'T0ACME', channel: 'C0ACME0002', name: 'heard' });
  const names = (await app.heard).map(({ body }) => (JSON.parse(body) as { event: { channel: object } }).event.channel);
  expect(names).toMatchObject([{ name: 'refused' }, { name: 'heard' }]);
});

test('an uninstall is told as app_uninstalled and as tokens_revoked, with ids of people and bots', async () => {
  const app = await startApp(0, 2);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  await slack.botToken('T0ACME');
  await slack.userToken('T0ACME', 'U0ACME001');
  await slack.control('POST', 'revoke', { team: 'T0ACME' });
  const told = (await app.heard).map(({ body }) => (JSON.parse(body) as { event: { type: string } }).event);
  const revoked = told.find(({ type }) => type === 'tokens_revoked');
  expect(told.map(({ type }) => type).toSorted()).toEqual(['app_uninstalled', 'tokens_revoked']);
  expect(revoked).toMatchObject({ tokens: { oauth: ['U0ACME001'], bot: [expect.stringContaining('U0')] } });
});

test('who stays hears that somebody left; the bot that is removed hears it of itself, without a user', async () => {
  const app = await startApp(0, 3);
  const slack = await startTestSlack({ eventsUrl: app.url });
  onTestFinished(() => slack.stop());
  const leave = (channel: string, user: string) =>
    slack.control('POST', 'membership', { team: 'T0ACME', channel, user, member: false });
  await leave('general', 'U0ACME002');
  await leave('general', 'bot');
  await leave('ops-alerts', 'bot');
  const told = (await app.heard).map(({ body }) => JSON.parse(body) as { event: { type: string; user?: string } });
  const byType = Object.fromEntries(told.map((body) => [body.event.type, body]));
  expect(Object.keys(byType).toSorted()).toEqual(['channel_left', 'group_left', 'member_left_channel']);
  expect(byType['member_left_channel']?.event.user).toBe('U0ACME002');
  for (const type of ['channel_left', 'group_left']) {
    expect(byType[type]?.event).not.toHaveProperty('user');
    expect(byType[type]).toMatchObject({
      event: { channel: expect.stringMatching(/^C0/), actor_id: expect.stringMatching(/^U0/) },
      authorizations: [{ team_id: 'T0ACME', user_id: expect.stringContaining('U0'), is_bot: true }],
    });
  }
});
