import { afterAll, beforeAll, expect, test } from 'vitest';
import { RETURN_TO, World } from '../support/world.ts';
import { callback, consented, isAlive, newTeam, newWorkspace, personIn } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const SWEEP_MS = 15_000;
/** More than one sweep looks at. */
const MANY = 150;
/** Between two sweeps that find little. */
const SWEEP_PAUSE_MS = 5_000;

const statusesIn = async (workspaceId: string): Promise<string[]> => {
  const text = 'select status from installs where workspace_id = $1 order by created_at';
  return (await world.database.query<{ status: string }>(text, [workspaceId])).map(({ status }) => status);
};

const pass = (workspaceId: string): Promise<object[]> =>
  world.database.query(`update installs set expires_at = now() - interval '1 second' where workspace_id = $1`, [
    workspaceId,
  ]);

test('a callback that comes after its install was swept leaves it over: STATE_EXPIRED', async () => {
  const workspaceId = newWorkspace();
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const back = await consented(await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO }), {
    team: 'T0ACME',
  });
  await pass(workspaceId);
  await expect.poll(() => statusesIn(workspaceId), { timeout: SWEEP_MS }).toEqual(['EXPIRED']);
  const { headers } = await callback(back);
  expect(new URL(headers.get('location') ?? '').searchParams.get('code')).toBe('STATE_EXPIRED');
  expect(await statusesIn(workspaceId)).toEqual(['EXPIRED']);
});

test('installs that are over keep no unclaimed one from being ended, however many they are', async () => {
  const workspaceId = newWorkspace();
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  const team = await newTeam(world);
  await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
  await world.database.query(
    `insert into installs (id, workspace_id, intent, user_id, status, state_hash, created_at, expires_at, used_at, finished_at)
     select gen_random_uuid(), 'elsewhere', 'WORKSPACE', 'ada', 'EXCHANGING', sha256(n::text::bytea), now(),
       now() - interval '1 hour', now(), now() from generate_series(1, $1::int) n`,
    [MANY],
  );
  await pass(workspaceId);
  await expect.poll(() => statusesIn(workspaceId), { timeout: SWEEP_MS }).toEqual(['EXPIRED']);
  await expect.poll(() => isAlive(world, team, team.bot)).toBe(false);
});

test('installs that nobody came back for are ended one after the other, however many they are', async () => {
  await world.database.query(
    `insert into installs (id, workspace_id, intent, user_id, status, state_hash, created_at, expires_at)
     select gen_random_uuid(), 'crowd', 'WORKSPACE', 'ada', 'STARTED', sha256(('left' || n)::bytea), now(),
       now() - interval '1 second' from generate_series(1, $1::int) n`,
    [MANY],
  );
  const ended = async () => (await statusesIn('crowd')).filter((status) => status === 'EXPIRED').length;
  await expect.poll(ended, { timeout: 50_000 }).toBe(MANY);
  const pauses = `select from (
      select finished_at - lag(finished_at) over (order by finished_at) as pause from installs where workspace_id = 'crowd'
    ) each where pause > $1::interval`;
  expect(await world.database.query(pauses, [`${SWEEP_PAUSE_MS - 1000} ms`])).toEqual([]);
});
