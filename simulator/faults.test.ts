import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { FaultAction } from './faults.ts';
import type { TestSlack } from './test-world.ts';
import { startTestSlack } from './test-world.ts';

const GENERAL = 'C0ACME0001';
let slack: TestSlack;
let token: string;

beforeAll(async () => {
  slack = await startTestSlack();
});
afterAll(() => slack.stop());
beforeEach(async () => {
  await slack.control('POST', 'reset', { config: true });
  token = await slack.botToken('T0ACME');
});

const post = (text = 'x', timeoutMs = 5_000): Promise<Response> =>
  fetch(`${slack.url}/api/chat.postMessage`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ channel: GENERAL, text }),
    signal: AbortSignal.timeout(timeoutMs),
  });

const script = (fault: FaultAction, more: object = {}): Promise<unknown> =>
  slack.control('POST', 'faults', { match: { method: 'chat.postMessage' }, fault, ...more });

const posted = async (): Promise<number> =>
  ((await slack.control('GET', 'ledger')) as { entries: unknown[] }).entries.length;

/** The status and body, or "broken" when the connection was. */
async function outcome(timeoutMs?: number): Promise<string> {
  try {
    const response = await post('x', timeoutMs);
    return `${response.status} ${await response.text()}`;
  } catch {
    return 'broken';
  }
}

test('a scripted error strikes as often as told, and applies nothing', async () => {
  await script({ type: 'error', error: 'fatal_error' }, { times: 2 });
  expect(await outcome()).toBe('200 {"ok":false,"error":"fatal_error"}');
  expect(await outcome()).toBe('200 {"ok":false,"error":"fatal_error"}');
  expect(await posted()).toBe(0);
  expect(await outcome()).toContain('"ok":true');
  expect(await posted()).toBe(1);
});

test.each([
  ['7', '7'],
  [null, null],
  ['soon', 'soon'],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
])('a scripted 429 carries Retry-After %j as it is', async (retryAfter, header) => {
  await script({ type: 'ratelimit', retryAfter });
  const response = await post();
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe(header);
});

test.each([
  ['status', { type: 'status', status: 503 }, /^503 <!DOCTYPE html>/],
  ['html', { type: 'html' }, /^200 <!DOCTYPE html>/],
  ['empty', { type: 'empty' }, /^200 $/],
  ['null', { type: 'null' }, /^200 null$/],
] satisfies [string, FaultAction, RegExp][])('a scripted %s answer applies nothing', async (_name, fault, expected) => {
  await script(fault);
  expect(await outcome()).toMatch(expected);
  expect(await posted()).toBe(0);
});

test.each([
  ['truncated', { type: 'truncated' }, /^200 \{"ok":true[^}]*$/],
  ['reset_after', { type: 'reset_after' }, /^broken$/],
  ['apply_then_status', { type: 'apply_then_status', status: 500 }, /^500 /],
  ['apply_then_error', { type: 'apply_then_error', error: 'fatal_error' }, /fatal_error/],
] satisfies [string, FaultAction, RegExp][])(
  '%s applies the post and loses the answer',
  async (_name, fault, expected) => {
    await script(fault);
    expect(await outcome()).toMatch(expected);
    expect(await posted()).toBe(1);
  },
);

test('reset_before breaks the connection before anything is applied', async () => {
  await script({ type: 'reset_before' });
  expect(await outcome()).toBe('broken');
  expect(await posted()).toBe(0);
});

test('hang never answers and applies nothing; stall stops in the middle of an applied answer', async () => {
  await script({ type: 'hang' });
  expect(await outcome(1000)).toBe('broken');
  expect(await posted()).toBe(0);
  await script({ type: 'stall' });
  expect(await outcome(1000)).toBe('broken');
  expect(await posted()).toBe(1);
});

test('apply_late loses the answer now and applies later', async () => {
  await script({ type: 'apply_late', ms: 500 });
  expect(await outcome()).toBe('broken');
  expect(await posted()).toBe(0);
  await expect.poll(posted, { interval: 10 }).toBe(1);
  const { entries } = (await slack.control('GET', 'ledger')) as { entries: { at: number; applied_at: number }[] };
  expect((entries[0]?.applied_at ?? 0) - (entries[0]?.at ?? 0)).toBeGreaterThanOrEqual(499);
});

test('slow answers late and right', async () => {
  await script({ type: 'slow', ms: 60 });
  const before = performance.now();
  expect(await outcome()).toContain('"ok":true');
  expect(performance.now() - before).toBeGreaterThanOrEqual(55);
});

test('a fault strikes only what it matches, and can be taken back', async () => {
  const match = { method: 'chat.*', team: 'T0ACME', channel: 'C0ACME0002' };
  await slack.control('POST', 'faults', { match, fault: { type: 'error', error: 'internal_error' }, times: 0 });
  expect(await outcome()).toContain('"ok":true');
  await script({ type: 'error', error: 'internal_error' }, { times: 0 });
  expect(await outcome()).toContain('internal_error');
  await slack.control('DELETE', 'faults');
  expect(await outcome()).toContain('"ok":true');
});

test('a fault with a probability strikes the same calls for the same seed', async () => {
  const run = async (): Promise<string[]> => {
    const seeded = await startTestSlack({ seed: 42 });
    const bot = await seeded.botToken('T0ACME');
    const fault = { match: { method: 'auth.test' }, fault: { type: 'error', error: 'x' }, times: 0, probability: 0.5 };
    await seeded.control('POST', 'faults', fault);
    const answers: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const response = await fetch(`${seeded.url}/api/auth.test`, { headers: { authorization: `Bearer ${bot}` } });
      answers.push(String(((await response.json()) as { ok: boolean }).ok));
    }
    await seeded.stop();
    return answers;
  };
  const first = await run();
  expect(new Set(first).size).toBe(2);
  expect(await run()).toEqual(first);
});

test('every request is logged with its outcome and without any token', async () => {
  await script({ type: 'ratelimit', retryAfter: '9' });
  await post();
  const log = await slack.control('GET', 'requests');
  expect(log).toMatchObject({
    entries: expect.arrayContaining([
      expect.objectContaining({
        method: 'chat.postMessage',
        team: 'T0ACME',
        channel: GENERAL,
        status: 429,
        error: 'ratelimited',
        retryAfter: '9',
        fault: 'ratelimit',
      }),
    ]) as unknown,
  });
  expect(JSON.stringify(log)).not.toContain(token);
});

test('a fault with a part that is unknown is refused, and strikes nothing', async () => {
  const answer = await fetch(`${slack.url}/control/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ match: { method: '*' }, fault: { type: 'ratelimit', retry_after: 5 } }),
  });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain('retry_after');
  expect((await post()).status).toBe(200);
});
