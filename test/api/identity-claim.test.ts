import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompleteSlackInstallDocument } from '../generated/graphql.ts';
import { RETURN_TO, World } from '../support/world.ts';
import {
  callback,
  codesOf,
  consented,
  isAlive,
  newTeam,
  newWorkspace,
  personal,
  personIn,
  type Person,
} from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const adminOf = (workspaceId: string, userId = 'ada'): Promise<Person> =>
  personIn(world, userId, { [workspaceId]: 'ADMIN' });

describe('completeSlackInstall', () => {
  it('connects for the viewer who began, once; a used or unknown claim is CLAIM_INVALID', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: 'T0ACME' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => ada.complete(claim)));
    expect(answers.filter((answer) => answer.connection !== null)).toHaveLength(1);
    expect(codesOf(await ada.complete(claim))).toEqual(['CLAIM_INVALID']);
    expect(codesOf(await ada.complete('unknown'))).toEqual(['CLAIM_INVALID']);
  });

  it('makes one connection of two first installs of the same team at once', async () => {
    const workspaceId = newWorkspace();
    const team = await newTeam(world);
    const admins = await Promise.all(['ada', 'bea', 'cy', 'dan'].map((userId) => adminOf(workspaceId, userId)));
    const input = { workspaceId, intent: 'WORKSPACE' } as const;
    const claims = await Promise.all(admins.map((admin) => admin.claimOf(input, { team: team.id })));
    const answers = await Promise.all(admins.map((admin, index) => admin.complete(claims[index] ?? '')));
    expect(new Set(answers.map(({ connection }) => connection?.id)).size).toBe(1);
    expect(answers[0]?.connection?.status).toBe('ACTIVE');
    expect(await admins[0]?.identities(workspaceId)).toHaveLength(1);
  });

  it('connects one person once, however many claims arrive at once', async () => {
    const workspaceId = newWorkspace();
    const team = await newTeam(world);
    const ada = await adminOf(workspaceId);
    const connection = await ada.connect(workspaceId, { team: team.id });
    const people = [team.people[0], team.people[1], team.people[0], team.people[1]];
    const claims = await Promise.all(people.map((user) => ada.claimOf(personal(connection), { user })));
    const answers = await Promise.all(claims.map((claim) => ada.complete(claim)));
    const [now] = await ada.connections(workspaceId);
    expect(answers.map(({ authorization }) => authorization?.id)).toContain(now?.myAuthorization?.id);
    expect(await ada.identities(workspaceId)).toHaveLength(2);
    const user = now?.myAuthorization?.slackUserId ?? '';
    expect(await isAlive(world, team, user)).toBe(true);
  });

  it('connects with the newer grant of the same bot where another workspace has one by then: an older one replaces nothing', async () => {
    const team = await newTeam(world);
    const [early, late] = [newWorkspace(), newWorkspace()];
    const [ada, bob] = [await adminOf(early), await adminOf(late, 'bob')];
    const less = { team: team.id, scopes: 'chat:write' };
    const claim = await ada.claimOf({ workspaceId: early, intent: 'WORKSPACE' }, less);
    const { scopes } = await bob.connect(late, { team: team.id });
    expect(scopes.length).toBeGreaterThan(1);
    expect((await ada.complete(claim)).connection).toMatchObject({ status: 'ACTIVE', scopes });
    expect((await bob.connections(late))[0]).toMatchObject({ status: 'ACTIVE', scopes });
  });

  it('gives another viewer CLAIM_NOT_YOURS and ends the grant; the rightful one then gets CLAIM_INVALID', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const team = await newTeam(world);
    const mallory = await personIn(world, 'mallory', { [newWorkspace()]: 'ADMIN' });
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    expect(codesOf(await mallory.complete(claim))).toEqual(['CLAIM_NOT_YOURS']);
    expect(codesOf(await ada.complete(claim))).toEqual(['CLAIM_INVALID']);
    expect(await ada.connections(workspaceId)).toEqual([]);
    await expect.poll(() => isAlive(world, team, team.bot)).toBe(false);
  });

  it('needs the role still: a claim of somebody who is no admin any more is FORBIDDEN, and stays good', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: 'T0ACME' });
    const demoted = await personIn(world, 'ada', { [workspaceId]: 'MEMBER' });
    expect(await demoted.failureCodes(CompleteSlackInstallDocument, { input: { claim } })).toEqual(['FORBIDDEN']);
    expect((await ada.complete(claim)).connection?.status).toBe('ACTIVE');
  });

  it('refuses a claim older than 10 minutes and ends the grant: CLAIM_EXPIRED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const team = await newTeam(world);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    await world.database.query(
      `update installs set claim_expires_at = now() - interval '1 second' where workspace_id = $1`,
      [workspaceId],
    );
    expect(codesOf(await ada.complete(claim))).toEqual(['CLAIM_EXPIRED']);
    await expect.poll(() => isAlive(world, team, team.bot)).toBe(false);
    expect(await ada.connections(workspaceId)).toEqual([]);
  });

  it('is not needed for the end: an unclaimed grant is ended within the minute after its 10 minutes', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const team = await newTeam(world);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    const past = `now() - interval '1 second'`;
    await world.database.query(
      `update installs set expires_at = ${past}, claim_expires_at = ${past} where workspace_id = $1`,
      [workspaceId],
    );
    await expect.poll(() => isAlive(world, team, team.bot), { timeout: 15_000, interval: 200 }).toBe(false);
    expect(codesOf(await ada.complete(claim))).toEqual(['CLAIM_EXPIRED']);
    const [install] = await world.database.query<{ status: string; wiped: boolean }>(
      'select status, grant_sealed is null as wiped from installs where workspace_id = $1',
      [workspaceId],
    );
    expect(install).toEqual({ status: 'EXPIRED', wiped: true });
  });

  it('refuses a person whose connection was disconnected meanwhile, and ends the grant: WORKSPACE_CONNECTION_REQUIRED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const team = await newTeam(world);
    const connection = await ada.connect(workspaceId, { team: team.id });
    const claim = await ada.claimOf(personal(connection), { user: team.people[1] });
    await ada.disconnect(connection.id);
    expect(codesOf(await ada.complete(claim))).toEqual(['WORKSPACE_CONNECTION_REQUIRED']);
    await expect.poll(() => isAlive(world, team, team.people[1])).toBe(false);
  });

  it('keeps state and claim in the database as hashes only', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO });
    const response = await callback(await consented(url, { team: 'T0ACME' }));
    const claim = new URL(response.headers.get('location') ?? '').searchParams.get('claim') ?? '';
    const [row] = await world.database.query<{ row: string }>(
      'select i::text as row from installs i where workspace_id = $1',
      [workspaceId],
    );
    for (const secret of [claim, url.searchParams.get('state') ?? '']) {
      expect(row?.row).not.toContain(secret);
      expect(row?.row).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });
});
