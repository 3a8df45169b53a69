import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CompleteSlackInstallDocument } from '../generated/graphql.ts';
import { inSomeRound } from '../support/rounds.ts';
import { World } from '../support/world.ts';
import { codesOf, isAlive, newTeam, newWorkspace, personal, personIn, type Person } from './identity-steps.ts';

let world: World;
/** A second process on the same database: the rules hold between processes, not inside one. */
let secondUrl: string;
beforeAll(async () => {
  world = await World.start();
  secondUrl = await world.addServer();
});
afterAll(() => world.stop());

const adminOf = (workspaceId: string, url?: string): Promise<Person> =>
  personIn(world, 'ada', { [workspaceId]: 'ADMIN' }, url);
const revokes = async (team: string): Promise<number> =>
  (await world.slack.requests('auth.revoke')).filter((request) => request.team === team).length;
const pending = async (team: string): Promise<number> => {
  const rows = await world.database.query(
    'select 1 from revocations r join credentials c on c.id = r.credential_id where c.team_id = $1',
    [team],
  );
  return rows.length;
};

/** Two workspaces of the host product on one Slack team: one and the same grant, since this app does not rotate. */
const twoOnOneTeam = async () => {
  const team = await newTeam(world);
  const [one, two] = [newWorkspace(), newWorkspace()];
  const first = await adminOf(one);
  const second = await adminOf(two, secondUrl);
  const connections = [
    await first.connect(one, { team: team.id }),
    await second.connect(two, { team: team.id }),
  ] as const;
  return { team, one, two, first, second, connections };
};

/** Disconnects a team that Slack does not revoke at first; answers with the milliseconds until the answer. */
const disconnectWhileSlackHangs = async (): Promise<number> => {
  const team = await newTeam(world);
  const workspaceId = newWorkspace();
  const ada = await adminOf(workspaceId);
  const { id } = await ada.connect(workspaceId, { team: team.id });
  await world.slack.fault({ match: { method: 'auth.revoke', team: team.id }, fault: { type: 'hang' } });
  const started = performance.now();
  expect(await ada.disconnect(id)).toMatchObject({ revokedAtSlack: false, userErrors: [] });
  const tookMs = performance.now() - started;
  const tokens = await world.database.query(
    'select 1 from credentials where team_id = $1 and (access_token is not null or refresh_token is not null)',
    [team.id],
  );
  expect(tokens).toEqual([]);
  expect(await pending(team.id)).toBe(1);
  await world.database.query(`update credentials set revoking_until = now() where team_id = $1`, [team.id]);
  await world.database.query(`update revocations set next_attempt_at = now()`);
  await expect.poll(() => isAlive(world, team, team.bot), { timeout: 15_000, interval: 200 }).toBe(false);
  await expect.poll(() => pending(team.id)).toBe(0);
  return tookMs;
};

describe("revocation: never somebody else's grant", () => {
  it('leaves the grant to the workspace that still uses it, and ends it with the last one', async () => {
    const { team, two, first, second, connections } = await twoOnOneTeam();
    expect(await first.disconnect(connections[0].id)).toMatchObject({ revokedAtSlack: null, userErrors: [] });
    expect(await isAlive(world, team, team.bot)).toBe(true);
    expect((await second.connections(two))[0]?.status).toBe('ACTIVE');
    expect(await second.disconnect(connections[1].id)).toMatchObject({ revokedAtSlack: true, userErrors: [] });
    expect(await isAlive(world, team, team.bot)).toBe(false);
  });

  it('revokes exactly once when the two last users leave at once', async () => {
    const { team, first, second, connections } = await twoOnOneTeam();
    const answers = await Promise.all([first.disconnect(connections[0].id), second.disconnect(connections[1].id)]);
    expect(new Set(answers.map(({ revokedAtSlack }) => revokedAtSlack))).toEqual(new Set([null, true]));
    expect(await revokes(team.id)).toBe(1);
    expect(await isAlive(world, team, team.bot)).toBe(false);
  });

  it('forgets the grant of a refused install where a live connection uses that principal', async () => {
    const team = await newTeam(world);
    const [workspaceId, other] = [newWorkspace(), newWorkspace()];
    const ada = await adminOf(workspaceId);
    await ada.connect(workspaceId, { team: team.id });
    const mallory = await personIn(world, 'mallory', { [other]: 'ADMIN' });
    const otherTeam = await newTeam(world);
    const theirs = await mallory.connect(other, { team: otherTeam.id });
    const mistaken = { workspaceId: other, intent: 'WORKSPACE', connectionId: theirs.id } as const;
    await expect(mallory.claimOf(mistaken, { team: team.id })).rejects.toThrow('TEAM_MISMATCH');
    const stolen = await mallory.claimOf({ workspaceId: other, intent: 'WORKSPACE' }, { team: team.id });
    expect(codesOf(await ada.complete(stolen))).toEqual(['CLAIM_NOT_YOURS']);
    expect(await revokes(team.id)).toBe(0);
    expect(await isAlive(world, team, team.bot)).toBe(true);
    expect((await ada.connections(workspaceId))[0]?.status).toBe('ACTIVE');
  });

  it('answers within 3 seconds while Slack hangs: tokens gone here, revocation in the durable job', async () => {
    const isInTime = await inSomeRound(3, async () => (await disconnectWhileSlackHangs()) < 4000);
    expect(isInTime).toBe(true);
  });

  it.each([
    ['was refused', { type: 'error', error: 'service_unavailable' }],
    ['is lost', { type: 'reset_before' }],
  ])(
    'drops the pending revocations of a principal that a completed install uses again: the call %s',
    async (_, fault) => {
      const team = await newTeam(world);
      const workspaceId = newWorkspace();
      const ada = await adminOf(workspaceId);
      const { id } = await ada.connect(workspaceId, { team: team.id });
      await world.slack.fault({ match: { method: 'auth.revoke', team: team.id }, fault, times: 0 });
      expect((await ada.disconnect(id)).revokedAtSlack).toBe(false);
      expect(await pending(team.id)).toBe(1);
      const again = await ada.connect(workspaceId, { team: team.id });
      expect(again).toMatchObject({ id, status: 'ACTIVE' });
      expect(await pending(team.id)).toBe(0);
      expect(await isAlive(world, team, team.bot)).toBe(true);
    },
  );

  it.each([
    ['answers late', { type: 'slow', ms: 1200 }],
    ['hangs after it was applied', { type: 'hang', apply: true }],
    ['is refused after all', { type: 'error', error: 'service_unavailable' }],
  ])('never leaves a new install with a grant that a revoke on its way has killed: the call %s', async (_, fault) => {
    const team = await newTeam(world);
    const [one, two] = [newWorkspace(), newWorkspace()];
    const first = await adminOf(one);
    const second = await adminOf(two, secondUrl);
    const { id } = await first.connect(one, { team: team.id });
    const claim = await second.claimOf({ workspaceId: two, intent: 'WORKSPACE' }, { team: team.id });
    const before = await revokes(team.id);
    await world.slack.fault({ match: { method: 'auth.revoke', team: team.id }, fault });
    const leaving = first.disconnect(id);
    // Noted when the call is decided upon: from then on it may be on its way.
    const decided = `select 1 from credentials where team_id = $1 and slack_user_id = $2 and revoking_until is not null`;
    await expect.poll(() => world.database.query(decided, [team.id, team.bot])).toHaveLength(1);
    let answer = await second.complete(claim).catch(() => undefined);
    await leaving;
    // A revoke whose answer was lost keeps the install waiting, and the claim good, until it cannot be applied any more.
    const isOver = `update credentials set revoking_until = now() where team_id = $1 and revoking_until > now()`;
    if (answer === undefined) await world.database.query(isOver, [team.id]);
    answer ??= await second.complete(claim);
    const connected = answer.connection !== null;
    expect(connected || codesOf(answer).includes('CLAIM_INVALID')).toBe(true);
    expect(await isAlive(world, team, team.bot)).toBe(connected);
    expect((await revokes(team.id)) - before).toBeGreaterThan(0);
  });

  it('takes no grant for dead that Slack does not call dead: the claim stays good', async () => {
    const team = await newTeam(world);
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    await ada.disconnect((await ada.connect(workspaceId, { team: team.id })).id);
    const claim = await ada.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
    // As if a revoke had been on its way after this grant: only Slack knows whether the grant lived through it.
    const doubt = `update credentials set revoking_until = now() where team_id = $1`;
    await world.database.query(doubt, [team.id]);
    const match = { method: 'auth.test', team: team.id };
    await world.slack.fault({ match, fault: { type: 'error', error: 'internal_error' }, times: 1 });
    expect(await ada.failureCodes(CompleteSlackInstallDocument, { input: { claim } })).toEqual(['SERVICE_UNAVAILABLE']);
    await world.database.query(doubt, [team.id]);
    expect((await ada.complete(claim)).connection?.status).toBe('ACTIVE');
  });

  it('holds the rule while two workspaces connect and disconnect as fast as they can', async () => {
    const { team, one, two, first, second, connections } = await twoOnOneTeam();
    const round = async (person: Person, workspaceId: string, id: string): Promise<boolean> => {
      await person.disconnect(id);
      const claim = await person.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: team.id });
      return (await person.complete(claim)).connection !== null;
    };
    for (let count = 0; count < 6; count += 1) {
      const connected = await Promise.all([
        round(first, one, connections[0].id),
        round(second, two, connections[1].id),
      ]);
      expect(await isAlive(world, team, team.bot)).toBe(connected.includes(true));
      const missing = connected.indexOf(false);
      if (missing === 0) await first.connect(one, { team: team.id });
      if (missing === 1) await second.connect(two, { team: team.id });
    }
  });

  it("keeps a person's grant while another workspace has that person authorized", async () => {
    const { team, first, second, connections } = await twoOnOneTeam();
    const user = team.people[0];
    const authorization = await first.authorize(connections[0], user);
    const other = await second.authorize(connections[1], user);
    expect(await first.disconnect(authorization.id)).toMatchObject({ revokedAtSlack: null, connection: null });
    expect(await isAlive(world, team, user)).toBe(true);
    expect(await second.disconnect(other.id)).toMatchObject({ revokedAtSlack: true });
    expect(await isAlive(world, team, user)).toBe(false);
    expect(await isAlive(world, team, team.bot)).toBe(true);
  });

  it('counts an unclaimed personal grant as nobody, and ends it where it is given back', async () => {
    const { team, first, connections } = await twoOnOneTeam();
    const claim = await first.claimOf(personal(connections[0]), { user: team.people[2] });
    const mallory = await personIn(world, 'mallory', { [newWorkspace()]: 'MEMBER' });
    expect(codesOf(await mallory.complete(claim))).toEqual(['CLAIM_NOT_YOURS']);
    await expect.poll(() => isAlive(world, team, team.people[2])).toBe(false);
    expect(await isAlive(world, team, team.bot)).toBe(true);
  });
});
