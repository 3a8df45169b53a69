import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { World } from '../support/world.ts';
import { newTeam } from './identity-steps.ts';
import {
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
} from './rotation-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({
    simulator: { rotation: true },
    env: { ...UNPACED, SLACK_TIMEOUT_MS: '3000', LANE_HOLD_SECONDS: '6' },
  });
});
afterEach(async () => {
  await world.slack.clearFaults();
  await world.slack.config({ tokenLifetimeSeconds: 43_200 });
});
afterAll(() => world.stop());

describe('tokens that expire', () => {
  it('are replaced on token_expired: the message goes on with the new one, after exactly one refresh', async () => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const before = (await exchanges(world, desk.team)).length;
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    expect((await exchanges(world, desk.team)).length - before).toBe(1);
    const notification = await read(desk, id);
    expect(notification?.attempts.map(({ outcome }) => outcome)).toEqual(['RETRYABLE', 'DELIVERED']);
    const again = await post(desk);
    await untilDelivered(desk, again.id);
    expect((await exchanges(world, desk.team)).length - before).toBe(1);
    expect(await statusOf(desk)).toBe('ACTIVE');
  });

  it('are replaced before a call of any other kind as well, for bots and people alike', async () => {
    const desk = await rotating(world);
    const person = desk.team.people[0];
    const authorization = await desk.ada.authorize(desk.connection, person);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    expect(await lookUp(desk)).toMatchObject({ id: desk.team.general });
    const own = (await desk.ada.identities(desk.workspaceId)).find(({ kind }) => kind === 'PERSONAL_USER');
    await world.slack.membership({ team: desk.team.id, channel: desk.team.general, user: person, member: true });
    const { id } = await post({ ...desk, bot: own?.id ?? '' });
    await untilDelivered(desk, id);
    expect((await world.slack.postsOf(id)).map(({ user }) => user)).toEqual([person]);
    expect(authorization.status).toBe('ACTIVE');
  });

  it('are refreshed by the keeper when less than two hours are left and nobody uses them', async () => {
    const desk = await rotating(world);
    await world.database.query(
      `update credentials set token_expires_at = now() + interval '7000 s', refresh_not_before = null where team_id = $1`,
      [desk.team.id],
    );
    await expect.poll(async () => (await exchanges(world, desk.team)).length, { timeout: 12_000 }).toBe(2);
    const left = async () => {
      const [row] = await world.database.query<{ hours: number }>(
        `select extract(epoch from token_expires_at - now())::float8 / 3600 as hours from credentials where team_id = $1`,
        [desk.team.id],
      );
      return row?.hours;
    };
    await expect.poll(left).toBeGreaterThan(11);
    expect(await statusOf(desk)).toBe('ACTIVE');
  });

  it('that our clock calls expired are replaced before anything is sent', async () => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await world.database.query(`update credentials set token_expires_at = now() - interval '1 s' where team_id = $1`, [
      desk.team.id,
    ]);
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    const attempts = (await read(desk, id))?.attempts.map(({ slackError }) => slackError);
    expect(attempts).not.toContain('token_expired');
  });

  it('are wiped and revoked on a disconnect, the access token and the refresh token', async () => {
    const desk = await rotating(world);
    expect(await livingTokens(world, desk.team)).toBe(2);
    expect(await desk.ada.disconnect(desk.connection.id)).toMatchObject({ revokedAtSlack: true });
    expect(await livingTokens(world, desk.team)).toBe(0);
  });
});

describe('a refresh that fails', () => {
  it.each([
    ['HTTP 500', { type: 'status', status: 500 }],
    ['HTTP 503 after Slack had rotated', { type: 'apply_then_status', status: 503 }],
    ['a 429', { type: 'ratelimit', retryAfter: '1' }],
    ['a broken connection after Slack had rotated', { type: 'reset_after' }],
    ['half of an answer', { type: 'truncated' }],
    ['a page of HTML', { type: 'html' }],
    ['fatal_error', { type: 'error', error: 'fatal_error' }],
    ['bad_client_secret', { type: 'error', error: 'bad_client_secret' }],
    ['silence', { type: 'hang' }],
  ])('with %s ends nothing: it is repeated and the message arrives once', { timeout: 40_000 }, async (_, fault) => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await refreshFault(world, desk, fault);
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    expect(await statusOf(desk)).toBe('ACTIVE');
    expect(await world.slack.postsOf(id)).toHaveLength(1);
    const { attempts } = (await read(desk, id)) ?? { attempts: [] };
    expect(attempts.at(-1)).toMatchObject({ outcome: 'DELIVERED' });
  });

  it('waits out a Retry-After to the second, without counting tries', { timeout: 30_000 }, async () => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await refreshFault(world, desk, { type: 'ratelimit', retryAfter: '3' });
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    const [, limited, refreshed] = await exchanges(world, desk.team);
    expect((refreshed?.at ?? 0) - (limited?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  it(
    'holds a channel no longer in all than LANE_HOLD_SECONDS, however short each wait is',
    { timeout: 40_000 },
    async () => {
      const desk = await rotating(world);
      await world.slack.advance(HOURS_UNTIL_EXPIRED);
      await refreshFault(world, desk, { type: 'ratelimit', retryAfter: '4' }, 0);
      const { id } = await post(desk);
      const waiting = async () => (await read(desk, id))?.waiting;
      await expect.poll(waiting).toMatchObject({ reason: 'BACKOFF', position: 0 });
      // Outside its channel it has no position there.
      await expect.poll(waiting).toMatchObject({ reason: 'BACKOFF', position: null });
      await world.slack.clearFaults();
      await untilDelivered(desk, id);
      expect(await world.slack.postsOf(id)).toHaveLength(1);
    },
  );

  it.each([
    ['invalid_refresh_token', { type: 'error', error: 'invalid_refresh_token' }],
    ['the invalid_grant of OAuth', { type: 'status', status: 400, body: '{"error":"invalid_grant"}' }],
  ])('with %s tells a person, keeps what waits, and a reinstall revives it', async (_, fault) => {
    const desk = await rotating(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await refreshFault(world, desk, fault, 0);
    const { id } = await post(desk);
    await expect.poll(() => statusOf(desk)).toBe('NEEDS_REAUTHORIZATION');
    await expect.poll(async () => (await read(desk, id))?.waiting?.reason).toBe('CONNECTION');
    expect(await refreshesCounted(world.url, 'ended')).toBeGreaterThan(0);
    await world.slack.clearFaults();
    expect(await desk.ada.connect(desk.workspaceId, { team: desk.team.id })).toMatchObject({ status: 'ACTIVE' });
    await untilDelivered(desk, id);
  });

  it('with the token of another team or principal stores nothing and gives it back', { timeout: 30_000 }, async () => {
    const desk = await rotating(world);
    const other = await newTeam(world);
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    const foreign = {
      ok: true,
      app_id: 'A0HELIOSIM',
      access_token: 'xoxe.xoxb-1-of-somebody-else',
      refresh_token: 'xoxe-1-of-somebody-else',
      expires_in: 43_200,
      token_type: 'bot',
      scope: 'chat:write',
      bot_user_id: other.bot,
      team: { id: other.id, name: 'Other' },
      enterprise: null,
      is_enterprise_install: false,
    };
    const before = await refreshesCounted(world.url, 'foreign');
    await refreshFault(world, desk, { type: 'status', status: 200, body: JSON.stringify(foreign) });
    const revokes = (await world.slack.requests('auth.revoke')).length;
    const { id } = await post(desk);
    await expect.poll(() => refreshesCounted(world.url, 'foreign')).toBe(before + 1);
    // Both of the foreign pair: nobody here uses that principal.
    await expect
      .poll(async () => (await world.slack.requests('auth.revoke')).length - revokes, { timeout: 15_000 })
      .toBe(2);
    expect((await read(desk, id))?.status).toBe('RETRYING');
    const rows = await world.database.query(
      `select 1 from credentials where team_id = $1 and access_token is not null`,
      [other.id],
    );
    expect(rows).toEqual([]);
    expect(await statusOf(desk)).toBe('ACTIVE');
    await world.database.query(`update credentials set refresh_not_before = null where team_id = $1`, [desk.team.id]);
    await world.database.query(`update notifications set due_at = now() where id = $1`, [id]);
    await untilDelivered(desk, id);
  });
});

test('a new pair of which Slack does not say whose it is belongs to whom the refresh token does', async () => {
  const desk = await rotating(world);
  await world.slack.advance(HOURS_UNTIL_EXPIRED);
  const pair = {
    ok: true,
    app_id: 'A0HELIOSIM',
    access_token: 'xoxe.xoxb-1-of-nobody-named',
    refresh_token: 'xoxe-1-of-nobody-named',
    expires_in: 40_000,
    token_type: 'bot',
    scope: 'chat:write',
    bot_user_id: null,
    team: { id: desk.team.id },
  };
  await refreshFault(world, desk, { type: 'status', status: 200, body: JSON.stringify(pair) });
  // The simulated Slack knows nothing of this pair, so what is asked with it fails.
  await lookUp(desk).catch(() => undefined);
  const secondsLeft = `select 1 from credentials where team_id = $1 and refresh_failures = 0
    and token_expires_at between now() + interval '39000 s' and now() + interval '40000 s'`;
  await expect.poll(() => world.database.query(secondsLeft, [desk.team.id])).toHaveLength(1);
});
