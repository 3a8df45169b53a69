import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { RETURN_TO, World } from '../support/world.ts';
import { callback, connected, consented, newTeam, newWorkspace, personIn } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
  await world.database.query(
    `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no space left'; end $$`,
  );
});
afterEach(() => world.slack.clearFaults());
afterAll(() => world.stop());

/** No install gets this status until the answer is called. */
const refuse = async (status: string): Promise<() => Promise<unknown>> => {
  await world.database.query(
    `create trigger refuse before update on installs for each row when (new.status = '${status}') execute function refuse()`,
  );
  return () => world.database.query('drop trigger refuse on installs');
};

const begun = async () => {
  const workspaceId = newWorkspace();
  const team = await newTeam(world);
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO });
  return { workspaceId, team, ada, back: await consented(url, { team: team.id }) };
};

const queryOf = ({ headers }: Response): URLSearchParams => new URL(headers.get('location') ?? '').searchParams;

const installOf = async (workspaceId: string) => {
  const [row] = await world.database.query<{ status: string; sealed: boolean }>(
    'select status, grant_sealed is not null as sealed from installs where workspace_id = $1',
    [workspaceId],
  );
  return row;
};

test('a grant survives a database that refuses it for a moment', async () => {
  const { workspaceId, ada, back } = await begun();
  const allow = await refuse('PENDING');
  const answer = callback(back);
  const refused = () => world.servers[0]?.lines.some((line) => line.includes('no space left'));
  await expect.poll(refused, { timeout: 5000 }).toBe(true);
  await allow();
  const claim = queryOf(await answer).get('claim') ?? '';
  expect((await ada.complete(claim)).connection).toMatchObject({ status: 'ACTIVE', workspaceId });
});

test('a database that goes on refusing it brings the browser back with SLACK_ERROR', { timeout: 30_000 }, async () => {
  const { back } = await begun();
  const allow = await refuse('PENDING');
  try {
    const query = queryOf(await callback(back));
    expect([query.get('status'), query.get('code'), query.get('claim')]).toEqual(['failed', 'SLACK_ERROR', null]);
  } finally {
    await allow();
  }
});

test('a database that does not even give the state shows our page, HTTP 503, and the state stays good', async () => {
  const { back } = await begun();
  const allow = await refuse('EXCHANGING');
  const response = await callback(back);
  await allow();
  expect(response.status).toBe(503);
  expect(await response.text()).toContain('SLACK_ERROR');
  expect(queryOf(await callback(back)).get('status')).toBe('granted');
});

test('a grant is stored before its name is asked for, and a name that does not come holds nobody up', async () => {
  const { workspaceId, ada, back } = await begun();
  await world.slack.fault({ match: { method: 'users.info' }, fault: { type: 'hang' } });
  let isBack = false;
  const answer = callback(back).finally(() => void (isBack = true));
  await expect
    .poll(async () => ({ ...(await installOf(workspaceId)), isBack }), { timeout: 8000 })
    .toEqual({ status: 'PENDING', sealed: true, isBack: false });
  const claim = queryOf(await answer).get('claim') ?? '';
  expect((await ada.complete(claim)).connection?.status).toBe('ACTIVE');
});

test('a name that could not be read at the install is read by the next periodic check', async () => {
  const fault = { type: 'error', error: 'fatal_error' };
  await world.slack.fault({ match: { method: 'users.info' }, fault, times: 0 });
  const { workspaceId, ada, team, connection } = await connected(world);
  const mine = await ada.authorize(connection, team.people[0]);
  const postsAs = async () => (await ada.identities(workspaceId)).map((identity) => identity.postsAs).toSorted();
  expect(mine.slackUserName).toBeNull();
  expect(await postsAs()).toEqual([team.people[0], team.bot].toSorted());
  await world.slack.clearFaults();
  await world.database.query('update credential_checks set next_check_at = now()');
  const withoutName = async () => (await postsAs()).filter((name) => name === team.bot || name === team.people[0]);
  await expect.poll(withoutName, { timeout: 10_000 }).toEqual([]);
  const named = await postsAs();
  expect(named).toHaveLength(2);
  await world.slack.fault({ match: { method: 'users.info' }, fault, times: 0 });
  await ada.connect(workspaceId, { team: team.id });
  await ada.authorize(connection, team.people[0]);
  expect(await postsAs()).toEqual(named);
  await world.slack.clearFaults();
});

test('a token whose owner Slack does not name is given back to whoever Slack says it is', async () => {
  const { workspaceId, ada, team, back } = await begun();
  const body = (answer: object) => ({ type: 'status', status: 200, body: JSON.stringify({ ok: true, ...answer }) });
  const grant = {
    access_token: 'xoxb-whose',
    token_type: 'bot',
    bot_user_id: null,
    refresh_token: null,
    scope: 'chat:write',
    app_id: 'A0SIMULATED',
    team: { id: team.id, name: 'Team' },
    authed_user: { id: team.people[0], access_token: null },
  };
  await world.slack.fault({ match: { method: 'oauth.v2.access' }, fault: body(grant) });
  const owner = { team_id: team.id, user_id: team.bot, bot_id: 'B1' };
  // For whoever asks: the installs of the tests before are checked in these seconds.
  await world.slack.fault({ match: { method: 'auth.test' }, fault: body(owner), times: 0 });
  const before = (await world.slack.requests('auth.revoke')).length;
  expect(queryOf(await callback(back)).get('code')).toBe('SLACK_ERROR');
  await expect.poll(async () => (await world.slack.requests('auth.revoke')).length).toBe(before + 1);
  expect(await ada.connections(workspaceId)).toEqual([]);
});
