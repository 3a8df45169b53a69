import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../src/access/viewer.ts';
import type { GraphQLFailure } from '../support/caller.ts';
import { Follower } from '../support/follower.ts';
import { LogWriter, type Sort } from '../support/log-writer.ts';
import { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
});
afterAll(() => world.stop());

const PEOPLE = ['mia', 'max', 'nobody'];
/** Every way in which a notification can be somebody's. */
const SORTS: readonly Sort[] = (['WORKSPACE_BOT', 'PERSONAL_USER', null] as const).flatMap((identityKind) =>
  PEOPLE.flatMap((requestedBy) =>
    [null, 'mia', 'max'].map((selectedBy) => ({ identityKind, requestedBy, selectedBy })),
  ),
);
const BOTS: readonly Sort[] = [{ identityKind: 'WORKSPACE_BOT', requestedBy: 'nobody', selectedBy: null }];

interface Looking {
  readonly userId: string;
  readonly workspaces: Record<string, Role>;
  /** What the table of roles says that they may see. */
  readonly sees: (sort: Sort) => boolean;
}

const all = (): boolean => true;
const memberSees =
  (userId: string) =>
  ({ requestedBy, selectedBy, identityKind }: Sort): boolean =>
    requestedBy === userId || selectedBy === userId || identityKind === 'WORKSPACE_BOT';

/** One document and the same variables for all: what they get differs only by who they are. */
const viewersOf = (here: string, other: string): Looking[] => [
  { userId: 'ana', workspaces: { [here]: 'ADMIN' }, sees: all },
  { userId: 'service:robot', workspaces: { [here]: 'SERVICE' }, sees: all },
  { userId: 'service:any', workspaces: { '*': 'SERVICE' }, sees: all },
  { userId: 'mia', workspaces: { [here]: 'MEMBER' }, sees: memberSees('mia') },
  { userId: 'max', workspaces: { [here]: 'MEMBER' }, sees: memberSees('max') },
  { userId: 'eve', workspaces: { [here]: 'MEMBER' }, sees: memberSees('eve') },
  { userId: 'mia', workspaces: { [here]: 'MEMBER', [other]: 'ADMIN' }, sees: memberSees('mia') },
  { userId: 'mia', workspaces: { [here]: 'ADMIN', [other]: 'MEMBER' }, sees: all },
];

let scenes = 0;
const open = async () => {
  scenes += 1;
  const [here, other] = [`audience-${scenes}`, `audience-${scenes}-other`];
  const admin = await world.as('ana', { [here]: 'ADMIN' });
  return {
    here,
    viewers: viewersOf(here, other),
    writer: new LogWriter(world.database, here, SORTS),
    last: new LogWriter(world.database, here, BOTS),
    elsewhere: new LogWriter(world.database, other, SORTS),
    start: await world.cursorOfNow(admin, here),
  };
};

const follow = async (workspaceId: string, { userId, workspaces }: Looking, cursor: string): Promise<Follower> => {
  const token = await world.token(userId, workspaces);
  return new Follower({ url: () => world.url, token, workspaceId, cursor, chance: () => 0 });
};

/** Everybody has what they may see, in the order of the log, and nothing else came before the last change of all. */
const expectOwnOnly = async (scene: Awaited<ReturnType<typeof open>>, followers: readonly Follower[]) => {
  const log = await scene.writer.logged();
  for (const [index, { sees }] of scene.viewers.entries()) {
    const own = log.filter((row) => sees(row as Sort)).map(({ mark }) => mark);
    await followers[index]?.until(own.length);
    expect(followers[index]?.got).toEqual(own);
    await followers[index]?.stop();
  }
};

describe('whose changes come to whom', () => {
  test('as they are made, to subscribers of one and the same document', async () => {
    const scene = await open();
    const followers = await Promise.all(scene.viewers.map((viewer) => follow(scene.here, viewer, scene.start)));
    await scene.last.write(1);
    for (const follower of followers) await follower.until(1);
    for (let round = 0; round < 3; round += 1) {
      await scene.writer.write(2 * SORTS.length);
      await scene.elsewhere.write(2 * SORTS.length);
    }
    await scene.last.write(1);
    await expectOwnOnly(scene, followers);
  });

  test('as they are replayed', async () => {
    const scene = await open();
    await scene.writer.write(2 * SORTS.length);
    await scene.elsewhere.write(2 * SORTS.length);
    await scene.last.write(1);
    const followers = await Promise.all(scene.viewers.map((viewer) => follow(scene.here, viewer, scene.start)));
    await expectOwnOnly(scene, followers);
  });
});

describe('one notification alone', () => {
  const CHANGES = `subscription ($id: ID!, $after: String) {
    deliveryStatusChanged(workspaceId: "one", notificationId: $id, after: $after) { to }
  }`;

  const codesFor = async (userId: string, role: Role, id: string): Promise<unknown> => {
    const caller = await world.as(userId, { one: role });
    const { value } = (await caller.socket().iterate({ query: CHANGES, variables: { id } }).next()) as {
      value: { errors: GraphQLFailure[] };
    };
    return value.errors.map(({ extensions }) => extensions.code);
  };

  test('is followed by who may see it, and is for others as if it were not there', async () => {
    const [row] = await world.database.query<{ id: string }>(
      `insert into notifications (id, workspace_id, status, priority, text, requested_by, identity_kind, expires_at)
       values (gen_random_uuid(), 'one', 'QUEUED', 1, 'x', 'mia', 'PERSONAL_USER', now()) returning id`,
    );
    const id = row?.id ?? '';
    const admin = await world.as('ana', { one: 'ADMIN' });
    const after = await world.cursorOfNow(admin, 'one');
    const followers = await Promise.all(
      [
        ['mia', 'MEMBER'],
        ['ana', 'ADMIN'],
      ].map(async ([userId = '', role]) => {
        const caller = await world.as(userId, { one: role as Role });
        return caller.socket().iterate({ query: CHANGES, variables: { id, after } });
      }),
    );
    const nexts = followers.map((follower) => follower.next());
    expect(await codesFor('max', 'MEMBER', id)).toEqual(['NOT_FOUND']);
    await world.database.query(
      `update notifications set status = 'CANCELED', failure_code = 'CANCELED_BY_CALLER' where id = $1`,
      [id],
    );
    const canceled = { value: { data: { deliveryStatusChanged: { to: 'CANCELED' } } } };
    expect(await Promise.all(nexts)).toMatchObject([canceled, canceled]);
  });
});
