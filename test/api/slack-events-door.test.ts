import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../support/world.ts';
import { connected } from './identity-steps.ts';
import {
  control,
  nowSeconds,
  sendEvent,
  signedEvent,
  SIGNING_SECRET,
  SOON,
  type Sending,
} from './slack-event-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ simulator: { signingSecret: SIGNING_SECRET } });
  await control(world, 'events', { url: `${world.url}/slack/events`, retriesMs: [0, 50, 50] });
});
afterAll(() => world.stop());

const signed = (body: string, but: Record<string, string> = {}): Promise<Response> => signedEvent(world.url, body, but);
const send = (sending: Sending): Promise<number[]> => sendEvent(world, sending);

const known = async (eventId: string): Promise<number> =>
  (await world.database.query('select from slack_events where event_id = $1', [eventId])).length;

test('before any install, an event is acknowledged and not kept; the verification is answered with its challenge', async () => {
  const verified = await signed(JSON.stringify({ type: 'url_verification', challenge: 'abc' }));
  expect([verified.status, await verified.json()]).toEqual([200, { challenge: 'abc' }]);
  const event = { type: 'app_uninstalled' };
  const body = { type: 'event_callback', team_id: 'T1', api_app_id: 'A1', event, event_id: 'Ev1', event_time: 1 };
  expect((await signed(JSON.stringify(body))).status).toBe(200);
  expect(await world.database.query('select from slack_events')).toHaveLength(0);
});

test('a verification with a wrong signature is 401 and says no challenge', async () => {
  const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
  const response = await signed(body, { 'x-slack-signature': `v0=${'0'.repeat(64)}` });
  expect(response.status).toBe(401);
  expect(await response.text()).not.toContain('abc');
  expect((await fetch(`${world.url}/slack/events`, { method: 'POST', body })).status).toBe(401);
});

test('a wrong signature, a replayed timestamp and another app are refused and change nothing', async () => {
  const desk = await connected(world);
  const uninstalled = { team: desk.team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() + SOON };
  expect(await send({ ...uninstalled, wrongSignature: true, eventId: 'EvWrong' })).toEqual([401]);
  expect(await send({ ...uninstalled, timestampOffsetSeconds: -301, eventId: 'EvOld' })).toEqual([401]);
  expect(await send({ ...uninstalled, timestampOffsetSeconds: 330, eventId: 'EvFuture' })).toEqual([401]);
  expect(await send({ ...uninstalled, appId: 'A0SOMEBODY', eventId: 'EvOther' })).toEqual([403]);
  for (const id of ['EvWrong', 'EvOld', 'EvFuture', 'EvOther']) expect(await known(id)).toBe(0);
  expect(await desk.ada.connections(desk.workspaceId)).toMatchObject([{ status: 'ACTIVE' }]);
});

test('Slack may send again what was badly signed or stale, and not what will never be taken', async () => {
  await connected(world);
  const answer = async (body: string, but?: Record<string, string>) => {
    const { status, headers } = await signed(body, but);
    return [status, headers.get('x-slack-no-retry')];
  };
  const named = { team_id: 'T1', api_app_id: 'A0SOMEBODY', event_id: 'EvOthers', event_time: 1 };
  const others = JSON.stringify({ type: 'event_callback', event: { type: 'app_uninstalled' }, ...named });
  expect(await answer(others, { 'x-slack-signature': `v0=${'0'.repeat(64)}` })).toEqual([401, null]);
  expect(await answer(others, { 'x-slack-request-timestamp': '1' })).toEqual([401, null]);
  expect(await answer(others)).toEqual([403, '1']);
  expect(await answer('{')).toEqual([400, '1']);
});

test('what is malformed is 400, also without a body and with one of another type', async () => {
  for (const body of ['', '{', '[]', '{"type":"event_callback"}']) expect((await signed(body)).status).toBe(400);
  const form = await signed('payload=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' });
  expect(form.status).toBe(400);
});
