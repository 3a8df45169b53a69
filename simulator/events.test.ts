import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startTestSlack } from './test-world.ts';

interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An app that refuses the first so many requests, and resolves once it heard as many as wanted. */
async function startApp(refusals: number, wanted: number): Promise<{ url: string; heard: Promise<Heard[]> }> {
  const all: Heard[] = [];
  let finish: (heard: Heard[]) => void;
  const heard = new Promise<Heard[]>((resolve) => (finish = resolve));
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      all.push({ headers: request.headers, body });
      response.writeHead(all.length <= refusals ? 500 : 200).end();
      if (all.length === wanted) finish(all);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`, heard };
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
