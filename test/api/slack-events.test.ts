import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConnectionFeed } from '../support/connection-feed.ts';
import { inSomeRound } from '../support/rounds.ts';
import { World } from '../support/world.ts';
import { codesOf, connected, newWorkspace, personIn, type Connected } from './identity-steps.ts';
import {
  control,
  nowSeconds,
  sendEvent,
  settledEvents,
  SIGNING_SECRET,
  SOON,
  type Sending,
} from './slack-event-steps.ts';

let world: World;
beforeAll(async () => {
  const env = { SLACK_TIMEOUT_MS: '4000' };
  world = await World.start({ servers: 2, env, simulator: { signingSecret: SIGNING_SECRET } });
  await control(world, 'events', { url: `${world.url}/slack/events`, retriesMs: [0, 50, 50] });
});
afterAll(() => world.stop());

const send = (sending: Sending): Promise<number[]> => sendEvent(world, sending);
const settled = (team: string): Promise<{ attempts: number }[]> => settledEvents(world, team);

const statuses = async ({ ada, workspaceId }: Connected): Promise<string[]> =>
  (await ada.connections(workspaceId)).map(({ status }) => status);

const known = async (eventId: string): Promise<number> =>
  (await world.database.query('select from slack_events where event_id = $1', [eventId])).length;

describe('the door', () => {
  test('a replayed request within the window is acknowledged and counts once, on whatever process', async () => {
    const desk = await connected(world);
    const eventId = `EvTwice${desk.team.id}`;
    const event = { type: 'team_rename', name: 'Once' };
    expect(await send({ team: desk.team.id, event, eventId, times: 20 })).toEqual(Array(20).fill(200));
    await control(world, 'events', { url: `${world.urls[1]}/slack/events` });
    expect(await send({ team: desk.team.id, event: { ...event, name: 'Twice' }, eventId })).toEqual([200]);
    await control(world, 'events', { url: `${world.url}/slack/events` });
    expect(await settled(desk.team.id)).toEqual([{ attempts: 1 }]);
    const [connection] = await desk.ada.connections(desk.workspaceId);
    expect(connection?.team.name).toBe('Once');
  });

  test('it is acknowledged at once while Slack itself does not answer us', async () => {
    const desk = await connected(world);
    await world.slack.fault({ match: { method: 'auth.test', team: desk.team.id }, fault: { type: 'hang' }, times: 0 });
    const event = { type: 'app_uninstalled' };
    const { answers } = await control<{ answers: { status: number; ms: number }[] }>(world, 'event', {
      team: desk.team.id,
      event,
      eventTime: 1,
    });
    expect(answers[0]?.status).toBe(200);
    expect(answers[0]?.ms).toBeLessThan(3000);
    await world.slack.clearFaults();
    await settled(desk.team.id);
    expect(await statuses(desk)).toEqual(['ACTIVE']);
  });

  test('it is answered within 3 s while the database stands still, and Slack’s retry counts', async () => {
    const desk = await connected(world);
    const locker = new pg.Client({ connectionString: world.database.url });
    await locker.connect();
    await locker.query('begin; lock table slack_events in exclusive mode');
    const event = { type: 'team_rename', name: 'Late' };
    const eventId = `EvLocked${desk.team.id}`;
    const isAnswered = await inSomeRound(3, async () => {
      const sending = { team: desk.team.id, event, eventId };
      const { answers } = await control<{ answers: { status: number; ms: number }[] }>(world, 'event', sending);
      return answers[0]?.status === 503 && answers[0].ms < 3000;
    });
    expect(isAnswered).toBe(true);
    await locker.query('rollback');
    await locker.end();
    expect(await send({ team: desk.team.id, event, eventId })).toEqual([200]);
    await settled(desk.team.id);
    expect((await desk.ada.connections(desk.workspaceId))[0]?.team.name).toBe('Late');
    expect(await known(eventId)).toBe(1);
  });

  test('a hundred at once are each acknowledged within 3 s', async () => {
    const desk = await connected(world);
    const event = { type: 'team_rename', name: 'Busy' };
    const { answers } = await control<{ answers: { status: number; ms: number }[] }>(world, 'event', {
      team: desk.team.id,
      event,
      times: 100,
    });
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3000);
    expect(await settled(desk.team.id)).toHaveLength(1);
  });

  test('an event that nobody acts on is acknowledged, and nothing of it is kept or logged', async () => {
    const { team } = await connected(world);
    const event = { type: 'message', text: 'words-that-are-nobodys-business' };
    expect(await send({ team: team.id, event, eventId: `EvMessage${team.id}` })).toEqual([200]);
    expect(await known(`EvMessage${team.id}`)).toBe(0);
    for (const server of world.servers) expect(server.lines.join('\n')).not.toContain('nobodys-business');
  });
});

describe('the end of a grant', () => {
  test('app_uninstalled marks the bot and everybody of the team, and says what mends it', async () => {
    const desk = await connected(world);
    const { ada, team, connection, workspaceId } = desk;
    await ada.authorize(connection, team.people[0]);
    await send({ team: team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    const [now] = await ada.connections(workspaceId);
    expect([now?.status, now?.myAuthorization?.status]).toEqual(['NEEDS_REAUTHORIZATION', 'NEEDS_REAUTHORIZATION']);
    expect(now?.problem?.code).toBe('CONNECTION_NEEDS_REAUTHORIZATION');
    expect(now?.problem?.remedy).toContain('intent WORKSPACE');
    expect(now?.myAuthorization?.problem?.remedy).toContain('intent PERSONAL');
  });

  test('tokens_revoked marks whom it names and nobody else', async () => {
    const desk = await connected(world);
    const { ada, team, connection, workspaceId } = desk;
    await ada.authorize(connection, team.people[0]);
    const tokens = { oauth: [team.people[0]], bot: [] };
    await send({ team: team.id, event: { type: 'tokens_revoked', tokens }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    const [one] = await ada.connections(workspaceId);
    expect([one?.status, one?.myAuthorization?.status]).toEqual(['ACTIVE', 'NEEDS_REAUTHORIZATION']);
    const bot = { oauth: [], bot: [team.bot] };
    await send({ team: team.id, event: { type: 'tokens_revoked', tokens: bot }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    expect(await statuses(desk)).toEqual(['NEEDS_REAUTHORIZATION']);
  });

  test('another team, with people of the same ids, is untouched', async () => {
    const [one, other] = [await connected(world), await connected(world)];
    const tokens = { oauth: [], bot: [one.team.bot] };
    await send({ team: other.team.id, event: { type: 'tokens_revoked', tokens }, eventTime: nowSeconds() + SOON });
    await settled(other.team.id);
    expect([await statuses(one), await statuses(other)]).toEqual([['ACTIVE'], ['ACTIVE']]);
  });

  test('a late event changes nothing where auth.test says that the grant lives', async () => {
    const desk = await connected(world);
    for (const event of [
      { type: 'app_uninstalled' },
      { type: 'tokens_revoked', tokens: { oauth: [], bot: [desk.team.bot] } },
    ]) {
      await send({ team: desk.team.id, event, eventTime: nowSeconds() - 3600 });
    }
    await settled(desk.team.id);
    expect(await statuses(desk)).toEqual(['ACTIVE']);
  });

  test('a late event ends the grant where auth.test says that it is dead', async () => {
    const desk = await connected(world);
    await control(world, 'events', { url: null });
    await world.slack.revoke({ team: desk.team.id });
    await control(world, 'events', { url: `${world.url}/slack/events` });
    await send({ team: desk.team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() - 3600 });
    await settled(desk.team.id);
    expect(await statuses(desk)).toEqual(['NEEDS_REAUTHORIZATION']);
  });

  test('a late event ends nothing while Slack turns every team away, as an IP allow-list does', async () => {
    const [desk] = [await connected(world), await connected(world)];
    const fault = { type: 'error', error: 'invalid_auth' };
    await world.slack.fault({ match: { method: 'auth.test' }, fault, times: 0 });
    await send({ team: desk.team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() - 3600 });
    // Of this team and then of another, from which it is known that the grant need not have ended.
    const asked = async () => (await world.slack.requests('auth.test')).filter((each) => each.error === 'invalid_auth');
    await expect.poll(async () => new Set((await asked()).map(({ team }) => team)).size).toBeGreaterThan(1);
    await world.slack.clearFaults();
    await settled(desk.team.id);
    expect(await statuses(desk)).toEqual(['ACTIVE']);
  });

  test('what Slack granted and then took back, before it was claimed, connects nothing', async () => {
    const { ada, team, workspaceId } = await connected(world);
    const second = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    await control(world, 'events', { url: null });
    await world.slack.revoke({ team: team.id });
    await control(world, 'events', { url: `${world.url}/slack/events` });
    await send({ team: team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    expect(codesOf(await ada.complete(second))).toEqual(['CLAIM_INVALID']);
    expect((await ada.connections(workspaceId)).map(({ status }) => status)).toEqual(['NEEDS_REAUTHORIZATION']);
  });

  test('an uninstall that takes effect while an install is being stored ends it within seconds', async () => {
    const desk = await connected(world);
    const { ada, team, workspaceId } = desk;
    await ada.disconnect(desk.connection.id);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    const holder = new pg.Client({ connectionString: world.database.url });
    await holder.connect();
    // The install has looked for such an event already, and waits for its connection's row.
    await holder.query('begin');
    await holder.query('select from connections where id = $1 for update', [desk.connection.id]);
    const completing = ada.complete(claim);
    // Of this database: other test files wait for locks in the same cluster.
    const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await expect.poll(() => world.database.query(waiting)).not.toEqual([]);
    await control(world, 'events', { url: null });
    await world.slack.revoke({ team: team.id });
    await control(world, 'events', { url: `${world.url}/slack/events` });
    await send({ team: team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() + SOON });
    await settled(team.id);
    await holder.end();
    expect((await completing).connection?.id).toBe(desk.connection.id);
    await expect.poll(() => statuses(desk), { timeout: 15_000 }).toEqual(['NEEDS_REAUTHORIZATION']);
  });

  test('an uninstall that Slack told before the claim, of a grant that lives, connects all the same, at once or when Slack lets us in again', async () => {
    const { team } = await connected(world);
    const elsewhere = newWorkspace();
    const bob = await personIn(world, 'bob', { [elsewhere]: 'ADMIN' });
    const claim = await bob.claimOf({ workspaceId: elsewhere, intent: 'WORKSPACE' }, { team: team.id });
    await send({ team: team.id, event: { type: 'app_uninstalled' }, eventTime: nowSeconds() - 3600 });
    await settled(team.id);
    const fault = { type: 'error', error: 'invalid_auth' };
    await world.slack.fault({ match: { method: 'auth.test' }, fault, times: 0 });
    await expect(bob.complete(claim)).rejects.toThrow('Present the same claim again');
    await world.slack.clearFaults();
    expect((await bob.complete(claim)).connection?.status).toBe('ACTIVE');
  });

  test('a reconnect renews what a late event is compared with', async () => {
    const desk = await connected(world);
    const eventTime = nowSeconds();
    await world.database.query(`update connections set authorized_at = now() - interval '1 day' where id = $1`, [
      desk.connection.id,
    ]);
    await desk.ada.connect(desk.workspaceId, { team: desk.team.id });
    await send({ team: desk.team.id, event: { type: 'app_uninstalled' }, eventTime });
    await settled(desk.team.id);
    expect(await statuses(desk)).toEqual(['ACTIVE']);
  });

  test('an uninstall in Slack arrives by itself, as Slack sends it, and the stream tells it', async () => {
    const desk = await connected(world);
    await world.database.query(`update connections set authorized_at = now() - interval '1 minute' where id = $1`, [
      desk.connection.id,
    ]);
    const { ada, workspaceId } = desk;
    const bob = await personIn(world, 'bob', { [workspaceId]: 'MEMBER' }, world.urls[1]);
    const after = await world.cursorOfNow(ada, workspaceId);
    const [feed, there] = [ada, bob].map((caller) => new ConnectionFeed(caller.socket(), { workspaceId, after })) as [
      ConnectionFeed,
      ConnectionFeed,
    ];
    await ada.authorize(desk.connection, desk.team.people[0]);
    await world.slack.revoke({ team: desk.team.id });
    const changes = await feed.first(3);
    expect(changes.slice(1).map(({ to }) => to)).toEqual(['NEEDS_REAUTHORIZATION', 'NEEDS_REAUTHORIZATION']);
    expect((await there.first(1)).map(({ to }) => to)).toEqual(['NEEDS_REAUTHORIZATION']);
    feed.stop();
    there.stop();
  });

  test('Slack’s own retry is heard where the first try found nobody', async () => {
    const desk = await connected(world);
    await world.database.query(`update connections set authorized_at = now() - interval '1 minute' where id = $1`, [
      desk.connection.id,
    ]);
    await control(world, 'events', { url: 'http://127.0.0.1:9/slack/events', retriesMs: [0, 200, 3000] });
    await world.slack.revoke({ team: desk.team.id });
    await control(world, 'events', { url: `${world.url}/slack/events`, retriesMs: [0, 50, 50] });
    await expect.poll(() => statuses(desk), { timeout: 10_000 }).toEqual(['NEEDS_REAUTHORIZATION']);
  });
});
