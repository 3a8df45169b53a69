import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompleteSlackInstallDocument } from '../generated/graphql.ts';
import { scrape, sumOf } from '../support/metrics.ts';
import { World } from '../support/world.ts';
import { isAlive, newTeam, newWorkspace, personIn } from './identity-steps.ts';

const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const old = newKey('old');
const both = `${newKey('new')},${old}`;

/** It serves since before the new key, and does not list it. */
let world: World;
beforeAll(async () => {
  world = await World.start({ simulator: { rotation: true }, env: { TOKEN_ENCRYPTION_KEYS: old } });
});
afterAll(() => world.stop());

/** The same person on both servers: `ahead` seals with the new key, `behind` does not list it. A test stops its own. */
const onBoth = async () => {
  const workspaceId = newWorkspace();
  const team = await newTeam(world);
  const url = await world.addServer({ TOKEN_ENCRYPTION_KEYS: both });
  const [behind, ahead] = await Promise.all(
    [world.url, url].map((at) => personIn(world, 'ada', { [workspaceId]: 'ADMIN' }, at)),
  );
  if (!behind || !ahead) throw new Error('Nobody is there.');
  const stopAhead = async (): Promise<void> => {
    await world.servers.pop()?.stop();
    world.urls.pop();
  };
  return { workspaceId, team, behind, ahead, stopAhead };
};

const MAIN = path.resolve(import.meta.dirname, '../../dist/server/main.js');

const rotateKeys = () =>
  new Promise<string>((resolve) => {
    const env = { PATH: process.env['PATH'], ...world.env, TOKEN_ENCRYPTION_KEYS: both };
    execFile(process.execPath, [MAIN, 'keys', 'rotate'], { cwd: os.tmpdir(), env }, (_error, stdout, stderr) =>
      resolve(stdout + stderr),
    );
  });

test(
  'a server that does not list the key of a grant answers "try again", and the claim stays good elsewhere',
  { timeout: 60_000 },
  async () => {
    const { workspaceId, team, behind, ahead, stopAhead } = await onBoth();
    const claim = await ahead.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    const { errors } = await behind.send(CompleteSlackInstallDocument.toString(), { input: { claim } });
    expect(errors?.map(({ extensions }) => extensions)).toMatchObject([
      { code: 'SERVICE_UNAVAILABLE', retryable: true },
    ]);
    expect((await ahead.complete(claim)).connection?.status).toBe('ACTIVE');
    await stopAhead();
  },
);

test(
  'an unclaimed grant waits for a server that lists its key, and is then given back',
  { timeout: 60_000 },
  async () => {
    const { workspaceId, team, ahead, stopAhead } = await onBoth();
    await ahead.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    await stopAhead();
    const pass = () =>
      world.database.query(`update installs set expires_at = now() - interval '1 second' where workspace_id = $1`, [
        workspaceId,
      ]);
    const isPutOff = async () => {
      const [row] = await world.database.query<{ isPutOff: boolean }>(
        `select status = 'PENDING' and grant_sealed is not null and expires_at > now() as "isPutOff"
       from installs where workspace_id = $1`,
        [workspaceId],
      );
      return row?.isPutOff;
    };
    await pass();
    await expect.poll(isPutOff, { timeout: 15_000 }).toBe(true);
    expect(await isAlive(world, team, team.bot)).toBe(true);
    await world.addServer({ TOKEN_ENCRYPTION_KEYS: both });
    await expect
      .poll(async () => (await pass(), isAlive(world, team, team.bot)), { timeout: 40_000, interval: 500 })
      .toBe(false);
    await stopAhead();
  },
);

test('an unclaimed grant whose key stays away is given up after 30 days, and wiped', { timeout: 60_000 }, async () => {
  const { workspaceId, team, ahead, stopAhead } = await onBoth();
  await ahead.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
  await stopAhead();
  await world.database.query(
    `update installs set created_at = now() - interval '31 days', expires_at = now() - interval '1 second'
       where workspace_id = $1`,
    [workspaceId],
  );
  const installs = () =>
    world.database.query('select status, grant_sealed from installs where workspace_id = $1', [workspaceId]);
  await expect.poll(installs, { timeout: 15_000 }).toEqual([{ status: 'EXPIRED', grant_sealed: null }]);
});

test(
  'a disconnect on a server that does not list the key of the tokens revokes them elsewhere, or after a change of keys',
  { timeout: 60_000 },
  async () => {
    const { workspaceId, team, behind, ahead, stopAhead } = await onBoth();
    const { id } = await ahead.connect(workspaceId, { team: team.id });
    await stopAhead();
    expect(await behind.disconnect(id)).toMatchObject({ revokedAtSlack: false, userErrors: [] });
    expect((await behind.connections(workspaceId))[0]?.status).toBe('DISCONNECTED');
    // Nothing is wrong with the value, and a reconnect would not mend it.
    expect(sumOf(await scrape(world.url), 'heliograph_invariant_violations_total')).toBe(0);
    const said = () => world.servers[0]?.lines.filter((line) => line.includes('"field":"access_token"')).join();
    await expect.poll(said).toContain('this process does not list its key');
    expect(said()).not.toContain('a reconnect replaces it');
    expect(await isAlive(world, team, team.bot)).toBe(true);
    expect(await rotateKeys()).toContain('no other key is needed any more');
    // Else it may be the first to look each time, and put it off for minutes.
    await world.servers.shift()?.stop();
    world.urls.shift();
    await world.addServer({ TOKEN_ENCRYPTION_KEYS: both });
    const makeDue = () => world.database.query('update revocations set next_attempt_at = now()');
    await expect
      .poll(async () => (await makeDue(), isAlive(world, team, team.bot)), { timeout: 40_000, interval: 500 })
      .toBe(false);
  },
);
