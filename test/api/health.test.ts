import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';
import { connected, untilChecked, type Connected } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: UNPACED });
});
afterAll(() => world.stop());

/** The periodic check of every credential of the team, now instead of within 15 minutes. */
const checkNow = ({ team }: Connected): Promise<object[]> =>
  world.database.query(
    `update credential_checks set next_check_at = now() where credential_id in (select id from credentials where team_id = $1)`,
    [team.id],
  );

const isChecked = async ({ team }: Connected): Promise<boolean> => {
  const [row] = await world.database.query<{ checked: boolean }>(
    `select bool_and(next_check_at > now()) as checked from credential_checks
     where credential_id in (select id from credentials where team_id = $1)`,
    [team.id],
  );
  return row?.checked === true;
};

const statusOf = async ({ ada, workspaceId }: Connected): Promise<string | undefined> =>
  (await ada.connections(workspaceId))[0]?.status;

const metric = async (start: string): Promise<number> => {
  const text = await (await fetch(`${world.url}/metrics`)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${start} `));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
};

const NEEDED = 'heliograph_connections{status="NEEDS_REAUTHORIZATION"}';

describe('the periodic check', () => {
  test('finds a dead connection that nobody uses: problem, exact remedy, log line and metric', async () => {
    const desk = await connected(world);
    const before = [await metric(NEEDED), await metric('heliograph_persistent_failures_total{kind="connection"}')];
    await world.slack.revoke({ team: desk.team.id });
    await checkNow(desk);
    await expect.poll(() => statusOf(desk), { timeout: 15_000 }).toBe('NEEDS_REAUTHORIZATION');
    const [connection] = await desk.ada.connections(desk.workspaceId);
    expect(connection?.problem?.message).toContain('the app was removed');
    expect(connection?.problem?.remedy).toContain(
      `beginSlackInstall with intent WORKSPACE and connectionId ${desk.connection.id}`,
    );
    await expect.poll(() => world.servers[0]?.lines.join('\n')).toContain('Slack ended an authorization');
    const after = [await metric(NEEDED), await metric('heliograph_persistent_failures_total{kind="connection"}')];
    expect(after).toEqual(before.map((count) => count + 1));
    const input = { workspaceId: desk.workspaceId, intent: 'WORKSPACE', connectionId: desk.connection.id } as const;
    await desk.ada.complete(await desk.ada.claimOf(input, { team: desk.team.id }));
    expect(await statusOf(desk)).toBe('ACTIVE');
    expect(await metric(NEEDED)).toBe(before[0]);
  });

  test('a person’s dead token ends that authorization only', async () => {
    const desk = await connected(world);
    await desk.ada.authorize(desk.connection, desk.team.people[0]);
    await world.slack.revoke({ team: desk.team.id, user: desk.team.people[0] });
    await checkNow(desk);
    const standing = async () => {
      const [connection] = await desk.ada.connections(desk.workspaceId);
      return [connection?.status, connection?.myAuthorization?.status];
    };
    await expect.poll(standing, { timeout: 15_000 }).toEqual(['ACTIVE', 'NEEDS_REAUTHORIZATION']);
    const [connection] = await desk.ada.connections(desk.workspaceId);
    const mends = `intent PERSONAL and connectionId ${desk.connection.id}`;
    expect(connection?.myAuthorization?.problem?.remedy).toContain(mends);
    const [bot, person] = await desk.ada.identities(desk.workspaceId);
    expect([bot?.usable, bot?.problem]).toEqual([true, null]);
    expect(person).toMatchObject({ usable: false, problem: { code: 'CONNECTION_NEEDS_REAUTHORIZATION' } });
    expect(person?.problem?.remedy).toContain(mends);
  });

  test('finds a token that has expired and cannot be renewed', async () => {
    const desk = await connected(world);
    const match = { method: 'auth.test', team: desk.team.id };
    await world.slack.fault({ match, fault: { type: 'error', error: 'token_expired' }, times: 0 });
    await checkNow(desk);
    await expect.poll(() => statusOf(desk), { timeout: 15_000 }).toBe('NEEDS_REAUTHORIZATION');
    await world.slack.clearFaults();
  });

  test.each([
    ['a 503', { type: 'status', status: 503 }],
    ['a 429', { type: 'ratelimit', retryAfter: 60 }],
    ['a broken connection', { type: 'reset_before' }],
    ['an answer that is not JSON', { type: 'html' }],
    ['invalid_auth, which an IP allow-list says too', { type: 'error', error: 'invalid_auth' }],
    ['an error of no such meaning', { type: 'error', error: 'internal_error' }],
  ])('%s ends nothing', async (_name, fault) => {
    const desk = await connected(world);
    const asked = async (): Promise<number> =>
      (await world.slack.requests('auth.test')).filter(({ team }) => team === desk.team.id).length;
    const before = await asked();
    await world.slack.fault({ match: { method: 'auth.test', team: desk.team.id }, fault, times: 0 });
    await checkNow(desk);
    await expect.poll(asked, { timeout: 15_000 }).toBeGreaterThan(before);
    await expect.poll(() => isChecked(desk)).toBe(true);
    await world.slack.clearFaults();
    expect(await statusOf(desk)).toBe('ACTIVE');
  });
});

describe('an end is counted and logged once, whoever finds it', () => {
  const COUNTER = 'heliograph_persistent_failures_total{kind="connection"}';
  const linesOf = ({ team }: Connected): string[] =>
    (world.servers[0]?.lines ?? []).filter(
      (line) => line.includes('Slack ended an authorization') && line.includes(team.id),
    );
  const sendOne = async ({ ada, workspaceId, team }: Connected) => {
    const [bot] = await ada.identities(workspaceId);
    const sender = { identityId: bot?.id ?? '' };
    return accepted(ada, { workspaceId, sender, channelId: team.general, text: 'still here' });
  };

  test('by a message that Slack refuses: the problem says why', async () => {
    const desk = await connected(world);
    await untilChecked(world, desk.team.id);
    const before = await metric(COUNTER);
    await world.slack.revoke({ team: desk.team.id });
    // All three are accepted before Slack's first word ends the connection.
    await world.slack.config({ latencyMs: 500 });
    await Promise.all([sendOne(desk), sendOne(desk), sendOne(desk)]);
    await world.slack.config({ latencyMs: 0 });
    await expect.poll(() => statusOf(desk), { timeout: 15_000 }).toBe('NEEDS_REAUTHORIZATION');
    const [connection] = await desk.ada.connections(desk.workspaceId);
    expect(connection?.problem?.message).toContain('the app was removed');
    expect(await metric(COUNTER)).toBe(before + 1);
    await expect.poll(() => linesOf(desk)).toHaveLength(1);
    expect(linesOf(desk)[0]).toContain('account_inactive');
  });

  test('by a refresh that Slack refuses: the problem says why', async () => {
    await world.slack.config({ rotation: true });
    const desk = await connected(world);
    await world.slack.config({ rotation: false });
    await untilChecked(world, desk.team.id);
    const before = await metric(COUNTER);
    const match = { method: 'oauth.v2.access', team: desk.team.id };
    await world.slack.fault({ match, fault: { type: 'error', error: 'invalid_refresh_token' } });
    await world.slack.advance(13);
    await sendOne(desk);
    await expect.poll(() => statusOf(desk), { timeout: 15_000 }).toBe('NEEDS_REAUTHORIZATION');
    const [connection] = await desk.ada.connections(desk.workspaceId);
    expect(connection?.problem?.message).toContain('expired and could not be renewed');
    expect(await metric(COUNTER)).toBe(before + 1);
    await expect.poll(() => linesOf(desk)).toHaveLength(1);
    expect(linesOf(desk)[0]).toContain('invalid_refresh_token');
  });
});
