import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { World } from '../support/world.ts';
import {
  callback,
  consented,
  isAlive,
  newTeam,
  newWorkspace,
  personal,
  personIn,
  withoutCheck,
} from './identity-steps.ts';
import {
  alsoConnected,
  exchanges,
  HOURS_UNTIL_EXPIRED,
  livingTokens,
  lookUp,
  post,
  read,
  refreshesCounted,
  refreshFault,
  rotating,
  statusOf,
  untilDelivered,
  type Rotating,
} from './rotation-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ simulator: { rotation: true }, env: UNPACED });
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

describe('two workspaces on one team whose tokens rotate', () => {
  it('a mistaken install by one, even several, never harms the other', async () => {
    const desk = await rotating(world);
    const mallory = newWorkspace();
    const other = await personIn(world, 'mallory', { [mallory]: 'ADMIN' });
    const theirs = await other.connect(mallory, { team: (await newTeam(world)).id });
    const mistaken = { workspaceId: mallory, intent: 'WORKSPACE', connectionId: theirs.id } as const;
    // Slack keeps two tokens alive, so the third one ends the first: the one that is in use.
    for (let count = 0; count < 3; count += 1) {
      await expect(other.claimOf(mistaken, { team: desk.team.id })).rejects.toThrow('TEAM_MISMATCH');
    }
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    expect(await statusOf(desk)).toBe('ACTIVE');
    expect((await world.slack.requests('auth.revoke')).filter(({ team }) => team === desk.team.id)).toEqual([]);
  });

  it('an older pair that is claimed later is forgotten: the newer one stays, and nothing is revoked', async () => {
    const team = await newTeam(world);
    const workspaceId = newWorkspace();
    const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    const theirs = newWorkspace();
    const bob = await personIn(world, 'bob', { [theirs]: 'ADMIN' });
    await bob.connect(theirs, { team: team.id });
    const pair = () =>
      world.database.query(
        'select md5(access_token) as access, md5(refresh_token) as refresh from credentials where team_id = $1',
        [team.id],
      );
    const newer = await pair();
    expect((await ada.complete(claim)).connection).toMatchObject({ status: 'ACTIVE' });
    expect(await pair()).toEqual(newer);
    expect((await world.slack.requests('auth.revoke')).filter((request) => request.team === team.id)).toEqual([]);
  });

  it('two last users at once revoke once, both tokens of the pair', async () => {
    const desk = await rotating(world);
    const other = await alsoConnected(world, desk);
    const answers = await Promise.all([desk, other].map(({ ada, connection }) => ada.disconnect(connection.id)));
    expect(new Set(answers.map(({ revokedAtSlack }) => revokedAtSlack))).toEqual(new Set([null, true]));
    const stored = await world.database.query(
      'select 1 from credentials where team_id = $1 and (access_token is not null or refresh_token is not null)',
      [desk.team.id],
    );
    expect(stored).toEqual([]);
    const revokes = (await world.slack.requests('auth.revoke')).filter(({ team }) => team === desk.team.id);
    expect(revokes).toHaveLength(2);
    expect(await livingTokens(world, desk.team)).toBe(2);
  });

  it('a delayed revocation after a reconnect harms nobody', { timeout: 30_000 }, async () => {
    const desk = await rotating(world);
    const other = await alsoConnected(world, desk);
    const busy = { type: 'error', error: 'service_unavailable' };
    await world.slack.fault({ match: { method: 'auth.revoke', team: desk.team.id }, fault: busy, times: 0 });
    await desk.ada.disconnect(desk.connection.id);
    await other.ada.disconnect(other.connection.id);
    await desk.ada.connect(desk.workspaceId, { team: desk.team.id });
    await world.slack.clearFaults();
    await world.database.query('update revocations set next_attempt_at = now()');
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    await expect
      .poll(
        () =>
          world.database.query(
            'select 1 from revocations r join credentials c on c.id = r.credential_id where c.team_id = $1',
            [desk.team.id],
          ),
        { timeout: 10_000 },
      )
      .toEqual([]);
    expect(await statusOf(desk)).toBe('ACTIVE');
  });

  it("a person's dead token ends that authorization only; the bot goes on", async () => {
    const desk = await rotating(world);
    const person = desk.team.people[0];
    await withoutCheck(world, desk.team, () => desk.ada.authorize(desk.connection, person), person);
    await world.slack.membership({ team: desk.team.id, channel: desk.team.general, user: person, member: true });
    await world.slack.revoke({ team: desk.team.id, user: person });
    const own = (await desk.ada.identities(desk.workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    const { id } = await post({ ...desk, bot: own?.id ?? '' });
    await expect.poll(async () => (await read(desk, id))?.waiting?.reason).toBe('CONNECTION');
    const [connection] = await desk.ada.connections(desk.workspaceId);
    expect(connection).toMatchObject({ status: 'ACTIVE', myAuthorization: { status: 'NEEDS_REAUTHORIZATION' } });
    const fromBot = await post(desk);
    await untilDelivered(desk, fromBot.id);
  });
});

describe('a refresh that races', () => {
  /** For what must be over before Slack's answer; it is waited for for five seconds. */
  const LONG_MS = 3500;
  /** Slack has rotated, and its answer is on its way. */
  const inMidRefresh = async (desk: Rotating, ms = 1500): Promise<{ done: Promise<unknown> }> => {
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const before = (await exchanges(world, desk.team)).length;
    await refreshFault(world, desk, { type: 'slow', ms });
    const done = lookUp(desk).catch((error: unknown) => error);
    await expect.poll(async () => livingTokens(world, desk.team), { interval: 20 }).toBeGreaterThan(1);
    expect((await exchanges(world, desk.team)).length).toBeGreaterThanOrEqual(before);
    return { done };
  };
  const stored = (team: { id: string }) =>
    world.database.query(
      'select 1 from credentials where team_id = $1 and (access_token is not null or refresh_token is not null)',
      [team.id],
    );

  it('holds no transaction open, and one lease, while Slack is asked', async () => {
    const desk = await rotating(world);
    const { done } = await inMidRefresh(desk, LONG_MS);
    const open = () =>
      world.database.query<{ state: string; query: string }>(
        `select state, query from pg_stat_activity
         where datname = current_database() and application_name = 'heliograph' and state like 'idle in transaction%'`,
      );
    // Others' pass by between two of their statements; one of the refresh would stay until Slack has answered.
    await expect.poll(open, { interval: 5, timeout: LONG_MS - 1000 }).toEqual([]);
    const leases = await world.database.query(
      'select 1 from credentials where team_id = $1 and refresh_owner is not null and refresh_until > now()',
      [desk.team.id],
    );
    expect(leases).toHaveLength(1);
    expect(await done).toMatchObject({ id: desk.team.general });
  });

  it('keeps nobody at the browser who only waits for a name', { timeout: 30_000 }, async () => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    // The first is the exchange of the person's code. Their token may not read names, and the bot's has expired.
    await refreshFault(world, desk, { type: 'slow', ms: 1 });
    await refreshFault(world, desk, { type: 'slow', ms: 9000 }, 3);
    const back = await consented(await desk.ada.begin(personal(desk.connection)), { user: desk.team.people[0] });
    const begun = performance.now();
    expect((await callback(back)).status).toBe(200);
    expect(performance.now() - begun).toBeLessThan(4800);
  });

  it('with a disconnect resurrects nothing: its own new pair is ended as well', async () => {
    const desk = await rotating(world);
    const { done } = await inMidRefresh(desk);
    await desk.ada.disconnect(desk.connection.id);
    await done;
    // Where the disconnect's own revocation is on its way, the new pair's is left to the durable job.
    await expect.poll(() => livingTokens(world, desk.team), { timeout: 45_000 }).toBe(0);
    expect(await stored(desk.team)).toEqual([]);
    expect(await statusOf(desk)).toBe('DISCONNECTED');
  });

  it('with a reinstall leaves the reinstall alone', async () => {
    const desk = await rotating(world);
    const superseded = await refreshesCounted(world.url, 'superseded');
    const { done } = await inMidRefresh(desk, LONG_MS);
    expect(await desk.ada.connect(desk.workspaceId, { team: desk.team.id })).toMatchObject({ status: 'ACTIVE' });
    expect(await done).toMatchObject({ id: desk.team.general });
    expect(await refreshesCounted(world.url, 'superseded')).toBe(superseded + 1);
    const before = (await exchanges(world, desk.team)).length;
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    expect(await exchanges(world, desk.team)).toHaveLength(before);
    expect(await isAlive(world, desk.team, desk.team.bot)).toBe(true);
  });

  it('with a disconnect of one of two workspaces on the team leaves the other one its token', async () => {
    const desk = await rotating(world);
    const theirs = await alsoConnected(world, desk);
    const { done } = await inMidRefresh(desk);
    await desk.ada.disconnect(desk.connection.id);
    await done;
    const { id } = await post(theirs);
    await untilDelivered(theirs, id);
    expect(await statusOf(theirs)).toBe('ACTIVE');
  });
});
