import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, raw, ScriptedSlack, type Answer } from '../../test/support/scripted-slack.ts';
import { systemClock } from '../platform/clock.ts';
import type { ChannelId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import { HttpTransport } from './http-transport.ts';
import type { WebClientGateway } from './web-client.gateway.ts';

const posted = { ok: true, channel: 'C0123456789', ts: '1700000000.000100' };
const token = new Secret('xoxb-canary-token');
const message = {
  channel: 'C0123456789' as ChannelId,
  text: 'canary text',
  deliveryId: '019a0000-0000-7000-8000-000000000001',
};
const within = (ms: number) => ({ at: systemClock.monotonicMs() + ms, clock: systemClock });
const post = (gateway: WebClientGateway, ms = 5_000) => gateway.postMessage(token, message, within(ms));

let slack: ScriptedSlack;
beforeEach(() => {
  slack = new ScriptedSlack();
});
afterEach(() => slack.stop());

describe('posting a message', () => {
  it('sends text, blocks, thread and the delivery id once, with the token in the header only', async () => {
    slack.answer = json(posted);
    const gateway = await slack.start();
    const blocks = [{ type: 'divider' }];
    const outcome = await gateway.postMessage(token, { ...message, blocks, threadTs: '1.000001' }, within(5_000));
    expect(outcome).toEqual({ kind: 'delivered', channel: 'C0123456789', ts: '1700000000.000100', httpStatus: 200 });
    expect(slack.received).toHaveLength(1);
    expect(slack.received[0]?.path).toBe('/api/chat.postMessage');
    expect(slack.received[0]?.authorization).toBe('Bearer xoxb-canary-token');
    expect(Object.fromEntries(slack.received[0]?.form ?? [])).toEqual({
      channel: 'C0123456789',
      text: 'canary text',
      thread_ts: '1.000001',
      blocks: JSON.stringify(blocks),
      metadata: JSON.stringify({
        event_type: 'heliograph_delivery',
        event_payload: { delivery_id: message.deliveryId },
      }),
    });
    expect(slack.observed).toEqual(['chat.postMessage delivered']);
  });

  it.each([
    ['a refusal', json({ ok: false, error: 'not_in_channel' }), { kind: 'rejected', failureCode: 'NOT_IN_CHANNEL' }],
    ['429 with a wait', raw('', 429, { 'retry-after': '7' }), { kind: 'rateLimited', retryAfterSeconds: 7 }],
    ['429 without one', raw('', 429), { kind: 'rateLimited', retryAfterSeconds: 30 }],
    ['429 with a JSON body and no wait', json({ ok: false, error: 'ratelimited' }, 429), { retryAfterSeconds: 30 }],
    ['429 with garbage', raw('', 429, { 'retry-after': 'soon' }), { kind: 'rateLimited', retryAfterSeconds: 30 }],
    [
      '429 with a date',
      raw('', 429, { 'retry-after': new Date(0).toUTCString() }),
      { kind: 'rateLimited', retryAfterSeconds: 30 },
    ],
    ['429 with zero', raw('', 429, { 'retry-after': '0' }), { kind: 'rateLimited', retryAfterSeconds: 30 }],
    ['500 with HTML', raw('<html>Server Error</html>', 500), { kind: 'unknown', httpStatus: 500 }],
    ['503 with JSON', json({ ok: false, error: 'service_unavailable' }, 503), { kind: 'unknown', httpStatus: 503 }],
    ['200 with HTML', raw('<html>Sign in</html>'), { kind: 'unknown', httpStatus: 200 }],
    ['200 with nothing', raw(''), { kind: 'unknown', httpStatus: 200 }],
    ['200 with null', raw('null'), { kind: 'unknown', httpStatus: 200 }],
    ['200 with half a JSON', raw('{"ok":true,"chan'), { kind: 'unknown', httpStatus: 200 }],
    ['ok without a ts', json({ ok: true, channel: 'C1234' }), { kind: 'unknown', httpStatus: 200 }],
    ['404 with HTML', raw('<html>', 404), { kind: 'rejected', failureCode: 'INVALID_MESSAGE', httpStatus: 404 }],
    ['a redirect', raw('', 302, { location: '/elsewhere' }), { kind: 'unknown', httpStatus: 302 }],
    ['204', (response: ServerResponse) => response.writeHead(204).end(), { kind: 'unknown', httpStatus: 204 }],
  ] as [string, Answer, object][])('takes %s for what it is, asking once', async (_name, given, expected) => {
    slack.answer = given;
    expect(await post(await slack.start())).toMatchObject(expected);
    expect(slack.received).toHaveLength(1);
  });

  it.each([
    ['before any answer', (response: ServerResponse) => response.socket?.destroy()],
    ['by a reset', (response: ServerResponse) => response.socket?.resetAndDestroy()],
    [
      'in the middle of a body of known length',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write(JSON.stringify(posted), () => response.socket?.destroy());
      },
    ],
    [
      'in the middle of a chunked body',
      (response: ServerResponse) => response.write(JSON.stringify(posted), () => response.socket?.destroy()),
    ],
    ['with something that is not HTTP', (response: ServerResponse) => response.socket?.end('220 smtp ready\r\n')],
    [
      'with another protocol',
      (response: ServerResponse) =>
        response.socket?.end('HTTP/1.1 101 No\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
    ],
  ] as [string, Answer][])('does not know the outcome where the connection ends %s', async (_name, given) => {
    slack.answer = given;
    expect(await post(await slack.start())).toMatchObject({ kind: 'unknown' });
    expect(slack.received).toHaveLength(1);
  });

  it.each([
    ['before its headers', () => {}],
    ['in its body', (response: ServerResponse) => response.writeHead(200).write('{"ok":')],
  ] as [string, Answer][])('stops waiting at the deadline for an answer that hangs %s', async (_name, given) => {
    slack.answer = given;
    const startedAt = systemClock.monotonicMs();
    expect(await post(await slack.start(), 1_000)).toMatchObject({ kind: 'unknown' });
    expect(systemClock.monotonicMs() - startedAt).toBeLessThan(5_000);
    expect(slack.received).toHaveLength(1);
  });

  it('knows that nothing was sent where the connection is refused or the host unknown', async () => {
    const gone = createTcpServer();
    const port = await slack.listen(gone);
    await new Promise((resolve) => gone.close(resolve));
    const refused = await post(slack.gatewayTo(`http://127.0.0.1:${port}/api/`));
    expect(refused).toMatchObject({
      kind: 'notSent',
      reason: 'CONNECTION',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
    const nowhere = await post(slack.gatewayTo('http://slack.invalid/api/'));
    expect(nowhere).toMatchObject({ kind: 'notSent', reason: 'CONNECTION' });
  });

  it('knows that nothing was sent where TLS fails, or hangs until the deadline', async () => {
    const mute = await slack.listen(createTcpServer());
    const hung = await post(slack.gatewayTo(`https://127.0.0.1:${mute}/api/`), 1_000);
    expect(hung).toMatchObject({ kind: 'notSent', reason: 'CONNECTION', detail: 'No connection to Slack in time.' });
    const plain = await slack.listen(createTcpServer((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    const failed = await post(slack.gatewayTo(`https://127.0.0.1:${plain}/api/`));
    expect(failed).toMatchObject({ kind: 'notSent', reason: 'CONNECTION' });
  });

  it('sends nothing once its deadline has passed', async () => {
    slack.answer = json(posted);
    expect(await post(await slack.start(), 0)).toMatchObject({ kind: 'notSent', reason: 'DEADLINE' });
    expect(slack.received).toEqual([]);
  });

  it('sends nothing where the deadline passes while the connection is made', async () => {
    slack.answer = json(posted);
    const port = await slack.listen(
      createHttpServer(() => slack.received.push({ path: '', authorization: '', form: new URLSearchParams() })),
    );
    const times = [0, 60_000];
    const clock = { now: () => new Date(0), monotonicMs: () => times.shift() ?? 60_000 };
    const transport = new HttpTransport();
    const url = new URL(`http://127.0.0.1:${port}/`);
    const exchange = await transport.send({ url, headers: {}, body: 'x' }, { at: 30_000, clock });
    expect(exchange).toMatchObject({ kind: 'noAnswer', bytesLeft: false });
    expect(slack.received).toEqual([]);
    transport.close();
  });

  it('does not know the outcome where a kept connection breaks under its second request', async () => {
    slack.answer = json(posted);
    const gateway = await slack.start();
    await post(gateway);
    slack.answer = (response) => response.socket?.destroy();
    expect(await post(gateway)).toMatchObject({ kind: 'unknown' });
    expect(slack.connections).toBe(1);
  });

  it('keeps 50 sends open at once, each with its own token', async () => {
    const waiting: ServerResponse[] = [];
    slack.answer = (response) => {
      waiting.push(response);
      if (waiting.length === 50) for (const each of waiting) json(posted)(each);
    };
    const gateway = await slack.start();
    const tokens = Array.from({ length: 50 }, (_, index) => `xoxb-${index}`);
    const outcomes = await Promise.all(
      tokens.map((each) => gateway.postMessage(new Secret(each), { ...message, deliveryId: each }, within(10_000))),
    );
    expect(outcomes.every(({ kind }) => kind === 'delivered')).toBe(true);
    for (const { authorization, form } of slack.received) {
      const metadata = JSON.parse(form.get('metadata') ?? '{}') as { event_payload: { delivery_id: string } };
      expect(authorization).toBe(`Bearer ${metadata.event_payload.delivery_id}`);
    }
  });

  it('gives up a text that no request can hold', async () => {
    slack.answer = json(posted);
    const gateway = await slack.start();
    const outcome = await gateway.postMessage(token, { ...message, text: 'half a pair: \ud800' }, within(5_000));
    expect(outcome).toMatchObject({ kind: 'rejected', failureCode: 'INVALID_MESSAGE' });
    expect(slack.received).toEqual([]);
  });

  it('says in the log when Slack uses a code that it does not know', async () => {
    slack.answer = json({ ok: false, error: 'a_code_of_tomorrow' });
    await post(await slack.start());
    expect(slack.logLines.some((line) => line.includes('a_code_of_tomorrow') && line.includes('"level":40'))).toBe(
      true,
    );
  });
});
