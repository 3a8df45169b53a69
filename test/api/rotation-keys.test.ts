import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { World } from '../support/world.ts';
import { newWorkspace, personIn } from './identity-steps.ts';
import {
  exchanges,
  HOURS_UNTIL_EXPIRED,
  livingTokens,
  lookUp,
  post,
  read,
  refreshFault,
  rotating,
  untilDelivered,
  type Rotating,
} from './rotation-steps.ts';

const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [first, second, third] = [newKey('first'), newKey('second'), newKey('third')];
const MESSAGES = 60;

let world: World;
let desk: Rotating;
/** Disconnected while Slack hung: its tokens wait to be revoked. */
let gone: Rotating;
/** Granted by Slack and not yet claimed. */
let claim: string;
const claiming = newWorkspace();

/** What is configured from now on, in one process more; the ones before it stop. */
const restartWith = async (keys: string): Promise<void> => {
  await Promise.all(world.servers.map((server) => server.stop()));
  world.urls.splice(0);
  await world.addServer({ TOKEN_ENCRYPTION_KEYS: keys });
  const workspaces = { [desk.workspaceId]: 'ADMIN', [claiming]: 'ADMIN' } as const;
  desk = { ...desk, ada: await personIn(world, 'ada', workspaces) };
};

beforeAll(async () => {
  world = await World.start({ simulator: { rotation: true }, env: { ...UNPACED, TOKEN_ENCRYPTION_KEYS: first } });
  await world.slack.config({ channelPostsPerSecond: 0 });
  [desk, gone] = [await rotating(world), await rotating(world)];
  await world.slack.fault({ match: { method: 'auth.revoke', team: gone.team.id }, fault: { type: 'hang' } });
  await gone.ada.disconnect(gone.connection.id);
  const claimant = await personIn(world, 'ada', { [claiming]: 'ADMIN' });
  claim = await claimant.claimOf({ workspaceId: claiming, intent: 'WORKSPACE' }, { team: desk.team.id });
  await restartWith(`${second},${first}`);
}, 60_000);
afterAll(() => world.stop());

const MAIN = path.resolve(import.meta.dirname, '../../dist/server/main.js');

const rotateWith = (keys: string) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    const env = { PATH: process.env['PATH'], ...world.env, TOKEN_ENCRYPTION_KEYS: keys };
    execFile(process.execPath, [MAIN, 'keys', 'rotate'], { cwd: os.tmpdir(), env }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), text: stdout + stderr }),
    );
  });

const keysInUse = async (): Promise<string[]> => {
  const rows = await world.database.query<{ sealed: Buffer }>(
    `select access_token as sealed from credentials where access_token is not null
     union all select refresh_token from credentials where refresh_token is not null
     union all select token_sealed from revocations
     union all select grant_sealed from installs where grant_sealed is not null`,
  );
  return [...new Set(rows.map(({ sealed }) => sealed.toString('utf8', 2, 2 + (sealed[1] ?? 0))))].toSorted();
};

describe('heliograph keys rotate', () => {
  it('reports a value of an unknown key, leaves it as it is, and lets no key go', async () => {
    const id = '00000000-0000-7000-8000-000000000001';
    const foreign = Buffer.concat([Buffer.from([1, 4]), Buffer.from('lost'), randomBytes(60)]);
    await world.database.query(
      `insert into credentials (id, app_id, team_id, slack_user_id, kind, access_token) values ($1, 'A1', 'T1', 'U1', 'BOT', $2)`,
      [id, foreign],
    );
    const { code, text } = await rotateWith(`${second},${first}`);
    expect(code).toBe(1);
    expect(text).toContain(`credentials.access_token of ${id} cannot be opened`);
    expect(text).toContain('(key: lost)');
    const [row] = await world.database.query<{ access_token: Buffer }>(
      'select access_token from credentials where id = $1',
      [id],
    );
    expect(row?.access_token.equals(foreign)).toBe(true);
    const checks = await world.database.query<{ key_id: string }>('select key_id from encryption_key_checks');
    expect(checks.map(({ key_id }) => key_id).toSorted()).toEqual(['first', 'second']);
    await world.database.query('delete from credentials where id = $1', [id]);
  });

  it('seals everything anew while messages are sent, and none of them fails', { timeout: 60_000 }, async () => {
    await restartWith(`${third},${second},${first}`);
    const sending = (async () => {
      const ids: string[] = [];
      for (let count = 0; count < MESSAGES; count += 1) ids.push((await post(desk)).id);
      return ids;
    })();
    const { code, text } = await rotateWith(`${third},${second},${first}`);
    expect(text).toContain('Everything is sealed with the key third');
    expect(code).toBe(0);
    for (const id of await sending) {
      await untilDelivered(desk, id);
      expect((await read(desk, id))?.attemptCount).toBe(1);
    }
    expect(await keysInUse()).toEqual(['third']);
    const { text: again } = await rotateWith(`${third},${second},${first}`);
    expect(again).toContain('Sealed anew: 0.');
  });

  it('loses no token of a refresh that is under way', { timeout: 40_000 }, async () => {
    await world.slack.advance(HOURS_UNTIL_EXPIRED);
    await refreshFault(world, desk, { type: 'slow', ms: 4000 });
    // There and back: the row changes twice under the refresh.
    const before = (await exchanges(world, desk.team)).length;
    const looking = lookUp(desk);
    await expect.poll(() => livingTokens(world, desk.team), { interval: 20 }).toBeGreaterThan(1);
    const { code } = await rotateWith(`${second},${third}`);
    expect(code).toBe(0);
    expect((await rotateWith(`${third},${second}`)).code).toBe(0);
    expect(await looking).toMatchObject({ id: desk.team.general });
    const { id } = await post(desk);
    await untilDelivered(desk, id);
    expect(await exchanges(world, desk.team)).toHaveLength(before + 1);
  });

  it('keeps what waits: a claim is still good, and a revocation is still made', { timeout: 40_000 }, async () => {
    await restartWith(third);
    const { connection } = await desk.ada.complete(claim);
    expect(connection).toMatchObject({ status: 'ACTIVE' });
    await world.slack.clearFaults();
    await world.database.query('update revocations set next_attempt_at = now()');
    await world.database.query('update credentials set revoking_until = now() where revoking_until is not null');
    await expect.poll(() => livingTokens(world, gone.team), { timeout: 30_000 }).toBe(0);
  });
});
