import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ChannelDocument, NotificationDocument } from '../generated/graphql.ts';
import { UNPACED } from '../support/desk.ts';
import { accepted, World } from '../support/world.ts';
import { connected, newTeam, newWorkspace, personIn, type Connected } from './identity-steps.ts';

let world: World;
let one: Connected;
let other: Connected;
beforeAll(async () => {
  world = await World.start({ env: UNPACED, simulator: { rotation: true } });
});
beforeEach(async () => {
  [one, other] = [await connected(world), await connected(world)];
});
afterAll(() => world.stop());

const botOf = async ({ ada, workspaceId }: Connected): Promise<string> =>
  (await ada.identities(workspaceId))[0]?.id ?? '';

const post = async (desk: Connected) => {
  const sender = { identityId: await botOf(desk) };
  return accepted(desk.ada, { workspaceId: desk.workspaceId, sender, channelId: desk.team.general, text: 'sealed' });
};

const read = async ({ ada }: Connected, id: string) => (await ada.run(NotificationDocument, { id })).notification;

const postsIn = async ({ team }: Connected): Promise<number> =>
  (await world.slack.ledger()).filter((entry) => entry.team === team.id).length;

interface Tokens {
  readonly access: Buffer;
  readonly refresh: Buffer;
}

const tokensOf = async ({ team }: Connected): Promise<Tokens> => {
  const [row] = await world.database.query<Tokens>(
    'select access_token as access, refresh_token as refresh from credentials where team_id = $1',
    [team.id],
  );
  if (!row) throw new Error('The team has no credential.');
  return row;
};

/** What somebody with write access to the database could do, unnoticed by versions. */
const store = async ({ team }: Connected, access: Buffer, refresh: Buffer): Promise<void> => {
  await world.database.query('update credentials set access_token = $2, refresh_token = $3 where team_id = $1', [
    team.id,
    access,
    refresh,
  ]);
};

const flipped = (sealed: Buffer, at: number): Buffer => {
  const bytes = Buffer.from(sealed);
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  return bytes;
};

describe('a sealed token that was changed in the database', () => {
  test.each<[string, (own: Tokens, foreign: Tokens) => Buffer]>([
    ['the token of another workspace', (_own, foreign) => foreign.access],
    ["the same row's other field", (own) => own.refresh],
    ['a value with its first byte flipped', (own) => flipped(own.access, 0)],
    ['a value with a byte of its key id flipped', (own) => flipped(own.access, 3)],
    ['a value with its last byte flipped', (own) => flipped(own.access, -1)],
    ['a value cut short', (own) => own.access.subarray(0, -1)],
    ['nothing but a header', (own) => own.access.subarray(0, 10)],
  ])('%s sends nothing anywhere; given back, the message goes', async (_what, change) => {
    const own = await tokensOf(one);
    // A moment ago the right one was opened.
    const { id: before } = await post(one);
    await expect.poll(async () => (await read(one, before))?.status).toBe('DELIVERED');
    await store(one, change(own, await tokensOf(other)), own.refresh);
    const { id } = await post(one);
    await expect.poll(async () => (await read(one, id))?.status, { timeout: 10_000 }).toBe('RETRYING');
    expect((await read(one, id))?.waiting).toMatchObject({ reason: 'BACKOFF' });
    expect((await read(one, id))?.attempts.map(({ outcome }) => outcome)).not.toContain('DELIVERED');
    const lookUp = { identityId: await botOf(one), id: 'C0NOTKNOWN' };
    expect(await one.ada.failureCodes(ChannelDocument, lookUp)).toEqual(['SERVICE_UNAVAILABLE']);
    expect([await postsIn(one), await postsIn(other)]).toEqual([1, 0]);
    await store(one, own.access, own.refresh);
    await expect.poll(async () => (await read(one, id))?.status, { timeout: 20_000 }).toBe('DELIVERED');
    expect([await postsIn(one), await postsIn(other)]).toEqual([2, 0]);
  });

  test('is told to the operator, and keeps nobody from disconnecting or connecting again', async () => {
    const own = await tokensOf(one);
    await store(one, flipped(own.access, -1), flipped(own.refresh, -1));
    const { id } = await post(one);
    await expect.poll(async () => (await read(one, id))?.status).toBe('RETRYING');
    await expect.poll(() => world.servers[0]?.lines.join('\n')).toContain('A stored token cannot be opened');
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    expect(metrics).toMatch(/^heliograph_invariant_violations_total [1-9]/m);
    expect(await one.ada.disconnect(one.connection.id)).toMatchObject({ revokedAtSlack: null, userErrors: [] });
    expect((await one.ada.connect(one.workspaceId, { team: one.team.id })).status).toBe('ACTIVE');
    const { id: next } = await post(one);
    await expect.poll(async () => (await read(one, next))?.status, { timeout: 10_000 }).toBe('DELIVERED');
  });

  test('as a refresh token of another workspace refreshes nothing, and the token in use goes on', async () => {
    const own = await tokensOf(one);
    await store(one, own.access, (await tokensOf(other)).refresh);
    await world.database.query(
      `update credentials set token_expires_at = now() + interval '1 hour', refresh_not_before = null where team_id = $1`,
      [one.team.id],
    );
    const { id } = await post(one);
    await expect.poll(async () => (await read(one, id))?.status, { timeout: 10_000 }).toBe('DELIVERED');
    const refused = async () =>
      (await (await fetch(`${world.url}/metrics`)).text()).match(/refreshes_total\{result="unreadable"\} (\d+)/);
    await expect.poll(refused, { timeout: 10_000 }).not.toBeNull();
    const exchanges = (await world.slack.requests('oauth.v2.access')).filter(({ team }) => team === other.team.id);
    // The code of its own install, and nothing of ours.
    expect(exchanges).toHaveLength(1);
    expect((await one.ada.connections(one.workspaceId))[0]?.status).toBe('ACTIVE');
  });
});

test("a pending grant moved to another user's install is not completed by either", async () => {
  const [mine, theirs] = [newWorkspace(), newWorkspace()];
  const ada = await personIn(world, 'ada', { [mine]: 'ADMIN' });
  const mallory = await personIn(world, 'mallory', { [theirs]: 'ADMIN' });
  const claimOf = async (person: typeof ada, workspaceId: string) =>
    person.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: (await newTeam(world)).id });
  const claims = [await claimOf(ada, mine), await claimOf(mallory, theirs)] as const;
  await world.database.query(
    `update installs mine set grant_sealed = theirs.grant_sealed from installs theirs
     where mine.workspace_id in ($1, $2) and theirs.workspace_id in ($1, $2) and mine.id <> theirs.id`,
    [mine, theirs],
  );
  for (const [person, claim] of [
    [ada, claims[0]],
    [mallory, claims[1]],
  ] as const) {
    const connected = await person.complete(claim).then(
      ({ connection }) => connection,
      () => null,
    );
    expect(connected).toBeNull();
  }
  expect([await ada.connections(mine), await mallory.connections(theirs)]).toEqual([[], []]);
});
