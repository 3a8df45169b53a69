import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeCursor, encodeCursor } from '../../src/live/cursor.policy.ts';
import type { GraphQLFailure } from '../support/caller.ts';
import { ConnectionFeed, type ConnectionChange } from '../support/connection-feed.ts';
import { World } from '../support/world.ts';
import { connected, personIn, type Person } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ servers: 2 });
});
afterAll(() => world.stop());

const follow = (caller: Person, workspaceId: string, after?: string): ConnectionFeed =>
  new ConnectionFeed(caller.socket(), { workspaceId, ...(after === undefined ? {} : { after }) });

const marks = (changes: readonly ConnectionChange[]): string[] =>
  changes.map(({ to, authorization }) => `${authorization ? 'authorization' : 'connection'} ${to}`);

/** What a refused send or refresh does to a credential, without waiting for either. */
const endCredential = async (teamId: string, user: string): Promise<void> => {
  await world.database.query(
    `update credentials set problem_code = 'token_revoked', problem_since = now(), version = version + 1
     where team_id = $1 and slack_user_id = $2`,
    [teamId, user],
  );
};

/** What a viewer sees of a connection that another viewer does not. */
interface OwnPart {
  readonly connection: {
    readonly myAuthorization: { readonly id: string } | null;
    readonly authorizations: { readonly nodes: readonly { readonly id: string }[] };
  };
}

const refusal = (feed: ConnectionFeed): Promise<unknown> =>
  feed.first(1).catch((errors: GraphQLFailure[]) => errors.map(({ extensions }) => extensions.code));

describe('what becomes of a connection', () => {
  test('connecting, losing the authorization, reconnecting and disconnecting: one change each, in order, with the reason', async () => {
    const desk = await connected(world);
    const { ada, workspaceId, team, connection } = desk;
    const start = await world.cursorOfNow(ada, workspaceId);
    const feed = follow(ada, workspaceId, start);
    await endCredential(team.id, team.bot);
    await feed.first(1);
    await ada.connect(workspaceId, { team: team.id });
    await feed.first(2);
    await ada.disconnect(connection.id);
    await feed.first(3);
    await ada.connect(workspaceId, { team: team.id });
    const changes = await feed.first(4);
    expect(marks(changes)).toEqual([
      'connection NEEDS_REAUTHORIZATION',
      'connection ACTIVE',
      'connection DISCONNECTED',
      'connection ACTIVE',
    ]);
    expect(changes.map(({ connection: { id } }) => id)).toEqual(Array(4).fill(connection.id));
    expect(changes.map(({ problem }) => problem?.code)).toEqual([
      'CONNECTION_NEEDS_REAUTHORIZATION',
      undefined,
      'CONNECTION_DISCONNECTED',
      undefined,
    ]);
    expect(changes[0]?.problem?.remedy).toContain('beginSlackInstall with intent WORKSPACE');
    feed.stop();
  });

  test('a disconnect ends the authorizations under it: a change for each', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const feed = follow(ada, workspaceId, await world.cursorOfNow(ada, workspaceId));
    await ada.disconnect(connection.id);
    expect(marks(await feed.first(2)).toSorted()).toEqual(['authorization DISCONNECTED', 'connection DISCONNECTED']);
    feed.stop();
  });

  test('a dead principal that two workspaces share is told to both, once each', async () => {
    const one = await connected(world);
    const eve = await personIn(world, 'eve', { [`${one.workspaceId}-2`]: 'ADMIN' });
    await eve.connect(`${one.workspaceId}-2`, { team: one.team.id });
    const start = await world.cursorOfNow(one.ada, one.workspaceId);
    const feeds = [follow(one.ada, one.workspaceId, start), follow(eve, `${one.workspaceId}-2`, start)];
    await endCredential(one.team.id, one.team.bot);
    for (const feed of feeds) expect(marks(await feed.first(1))).toEqual(['connection NEEDS_REAUTHORIZATION']);
    const rows = await world.database.query(
      `select from connection_status_log where to_status = 'NEEDS_REAUTHORIZATION' and workspace_id like $1`,
      [`${one.workspaceId}%`],
    );
    expect(rows).toHaveLength(2);
    feeds.forEach((feed) => feed.stop());
  });

  test('reconnecting what works already changes no status', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    const feed = follow(ada, workspaceId, await world.cursorOfNow(ada, workspaceId));
    await ada.connect(workspaceId, { team: team.id });
    await ada.disconnect(connection.id);
    expect(marks(await feed.first(1))).toEqual(['connection DISCONNECTED']);
    feed.stop();
  });
});

describe('who sees what', () => {
  test('a member sees connections and their own authorization, an admin and a service all', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    const roles = { [workspaceId]: 'MEMBER' } as const;
    const [bob, cleo] = [await personIn(world, 'bob', roles), await personIn(world, 'cleo', roles)];
    const robot = await personIn(world, 'service:robot', { [workspaceId]: 'SERVICE' });
    const start = await world.cursorOfNow(ada, workspaceId);
    await bob.authorize(connection, team.people[0]);
    await cleo.authorize(connection, team.people[1]);
    await ada.disconnect(connection.id);
    for (const [caller, count] of [
      [bob, 3],
      [cleo, 3],
      [ada, 5],
      [robot, 5],
    ] as const) {
      const feed = follow(caller, workspaceId, start);
      const changes = await feed.first(count);
      const ofPeople = changes.filter(({ authorization }) => authorization);
      expect(ofPeople).toHaveLength(count - 1);
      expect(new Set(ofPeople.map(({ authorization }) => authorization?.id)).size).toBe(count === 3 ? 1 : 2);
      feed.stop();
    }
  });

  test('as it happens, too: subscribers of one document, each told of their own', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    const roles = { [workspaceId]: 'MEMBER' } as const;
    const [bob, cleo] = [await personIn(world, 'bob', roles), await personIn(world, 'cleo', roles)];
    const start = await world.cursorOfNow(ada, workspaceId);
    const [ofBob, ofCleo, ofAda] = [bob, cleo, ada].map((caller) => follow(caller, workspaceId, start)) as [
      ConnectionFeed,
      ConnectionFeed,
      ConnectionFeed,
    ];
    const bobs = await bob.authorize(connection, team.people[0]);
    const cleos = await cleo.authorize(connection, team.people[1]);
    await endCredential(team.id, team.bot);
    const idsOf = (changes: readonly ConnectionChange[]) => changes.map(({ authorization }) => authorization?.id);
    expect(idsOf(await ofAda.first(3))).toEqual([bobs.id, cleos.id, undefined]);
    expect(idsOf(await ofBob.first(2))).toEqual([bobs.id, undefined]);
    expect(idsOf(await ofCleo.first(2))).toEqual([cleos.id, undefined]);
    for (const feed of [ofBob, ofCleo, ofAda]) feed.stop();
  });

  test('`myAuthorization` is the viewer’s own in what equal subscriptions are told', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    const roles = { [workspaceId]: 'MEMBER' } as const;
    const [bob, cleo] = [await personIn(world, 'bob', roles), await personIn(world, 'cleo', roles)];
    const ids = [
      (await bob.authorize(connection, team.people[0])).id,
      (await cleo.authorize(connection, team.people[1])).id,
      undefined,
    ];
    const query = `subscription ($workspaceId: ID!, $after: String) {
      connectionStatusChanged(workspaceId: $workspaceId, after: $after) {
        connection { myAuthorization { id } authorizations { nodes { id } } }
      }
    }`;
    const variables = { workspaceId, after: await world.cursorOfNow(ada, workspaceId) };
    const nexts = [bob, cleo, ada].map((caller) =>
      caller.socket().iterate<{ connectionStatusChanged: OwnPart }>({ query, variables }).next(),
    );
    await endCredential(team.id, team.bot);
    const parts = (await Promise.all(nexts)).map(
      ({ value }) => (value as { data: { connectionStatusChanged: OwnPart } }).data.connectionStatusChanged.connection,
    );
    expect(parts.map(({ myAuthorization }) => myAuthorization?.id)).toEqual(ids);
    expect(parts.map(({ authorizations }) => authorizations.nodes.length)).toEqual([1, 1, 2]);
    await Promise.all([bob, cleo, ada].map((caller) => caller.close()));
  });

  test('a workspace without a role is FORBIDDEN', async () => {
    const { workspaceId } = await connected(world);
    const stranger = await personIn(world, 'stranger', { [`not-${workspaceId}`]: 'ADMIN' });
    expect(await refusal(follow(stranger, workspaceId))).toEqual(['FORBIDDEN']);
    expect(await refusal(follow(stranger, randomUUID()))).toEqual(['FORBIDDEN']);
  });
});

describe('resuming', () => {
  test('after each cursor of the past, on another process: exactly the rest, then what comes', async () => {
    const { ada, workspaceId, team, connection } = await connected(world);
    const start = await world.cursorOfNow(ada, workspaceId);
    for (let round = 0; round < 3; round += 1) {
      await ada.disconnect(connection.id);
      await ada.connect(workspaceId, { team: team.id });
    }
    const whole = follow(ada, workspaceId, start);
    const past = await whole.first(6);
    const there = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' }, world.urls[1]);
    const feeds = past.map(({ cursor }) => follow(there, workspaceId, cursor));
    for (const [index, feed] of feeds.entries()) await feed.first(past.length - 1 - index);
    await ada.disconnect(connection.id);
    const all = (await whole.first(7)).map(({ cursor }) => cursor);
    for (const [index, feed] of feeds.entries()) {
      const changes = await feed.first(all.length - 1 - index);
      expect(changes.map(({ cursor }) => cursor)).toEqual(all.slice(index + 1));
    }
    expect(new Set(all).size).toBe(7);
    await there.close();
    await ada.close();
  });

  test('a cursor of an epoch before is CURSOR_EXPIRED, and no cursor at all CURSOR_INVALID', async () => {
    const { ada, workspaceId } = await connected(world);
    const old = encodeCursor({ ...decodeCursor(await world.cursorOfNow(ada, workspaceId)), epoch: 0 });
    expect(await refusal(follow(ada, workspaceId, old))).toEqual(['CURSOR_EXPIRED']);
    expect(await refusal(follow(ada, workspaceId, 'nonsense'))).toEqual(['CURSOR_INVALID']);
    await ada.close();
  });
});
