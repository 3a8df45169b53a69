import { type ApolloClient, ApolloLink, CombinedGraphQLErrors } from '@apollo/client';
import { defer } from 'rxjs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createHeliographClient, type HeliographOptions } from '../../examples/apollo-client/client.ts';
import { followDeliveries, HISTORY, type DeliveryChange } from '../../examples/apollo-client/deliveries.ts';
import { settled } from '../support/database.ts';
import { Fleet } from '../support/fleet.ts';
import { LogWriter } from '../support/log-writer.ts';
import { MovingAddress } from '../support/moving-address.ts';
import { World } from '../support/world.ts';

let world: World;
let fleet: Fleet;
beforeAll(async () => {
  world = await World.start({ servers: 0 });
  fleet = await Fleet.start(world, ['api']);
});
afterAll(async () => {
  await fleet.stop();
  await world.stop();
});

const POLL = { timeout: 15_000, interval: 20 };
let scenes = 0;
let workspaceId: string;
let writer: LogWriter;
let client: ApolloClient;
let tokens: number;
let lifetime: string;
let changes: DeliveryChange[];
/** How many changes the log held before they were followed. */
let before: number;
let stop: () => void;
beforeEach(() => {
  workspaceId = `apollo-${(scenes += 1)}`;
  writer = new LogWriter(world.database, workspaceId);
  tokens = 0;
  lifetime = '1h';
  client = clientOf({ url: `${world.url}/graphql` });
});
afterEach(() => {
  stop();
  client.stop();
});

const clientOf = (options: Omit<HeliographOptions, 'getToken'>): ApolloClient =>
  createHeliographClient({
    ...options,
    getToken: () => {
      tokens += 1;
      return world.token('ana', { [workspaceId]: 'ADMIN' }, lifetime);
    },
  });

/** From here on the client reaches its server over an address that can swallow what is sent. */
const throughAddress = async (): Promise<MovingAddress> => {
  const address = await MovingAddress.start(Number(new URL(world.url).port));
  onTestFinished(() => address.stop());
  client.stop();
  client = clientOf({ url: `http://127.0.0.1:${address.port}/graphql`, pingEveryMs: 200, answerWithinMs: 1000 });
  return address;
};

/** Resolves when the page is read, and with it the cursor that is followed from. */
const follow = async (): Promise<void> => {
  changes = [];
  before = (await writer.logged()).length;
  await settled(world.database);
  const subscription = followDeliveries(client, workspaceId).subscribe((change) => changes.push(change));
  stop = () => subscription.unsubscribe();
  await expect.poll(cached, POLL).toBeDefined();
  await writer.write(2);
  await hasAll();
};
const marks = (): string[] => changes.map(({ notification, to }) => `${notification.id} ${to}`);
const hasAll = async (): Promise<void> => {
  const logged = (await writer.logged()).slice(before).map(({ mark }) => mark);
  await expect.poll(() => changes.length, POLL).toBeGreaterThanOrEqual(logged.length);
  expect(marks()).toEqual(logged);
};
const cached = () => client.readQuery({ query: HISTORY, variables: { workspaceId } })?.notificationHistory;

test(
  'over a killed server it goes on from its last cursor: every change once, in order',
  { timeout: 60_000 },
  async () => {
    await follow();
    await writer.write(10);
    await fleet.members[0]?.kill();
    await writer.write(10);
    await fleet.members[0]?.start();
    await writer.write(10);
    await hasAll();
  },
);

describe('a connection that dies without a word is noticed, and every change is there once, in order', () => {
  test('where who comes anew gets through', { timeout: 60_000 }, async () => {
    const address = await throughAddress();
    await follow();
    address.takeOver();
    await writer.write(10);
    await hasAll();
  });

  test('where who comes anew hears nothing either, for a while', { timeout: 60_000 }, async () => {
    const address = await throughAddress();
    await follow();
    address.silence();
    await expect.poll(() => address.swallowed, POLL).toBeGreaterThan(0);
    address.takeOver();
    await writer.write(10);
    await hasAll();
  });
});

test('when its token expires it comes back with a fresh one, without a gap', { timeout: 60_000 }, async () => {
  lifetime = '3s';
  await follow();
  const asked = tokens;
  lifetime = '1h';
  await expect.poll(() => tokens, POLL).toBeGreaterThan(asked);
  await writer.write(10);
  await hasAll();
});

test('of a subscription that is refused before its first change, nothing is lost that came since the page was read', async () => {
  let isRefused = false;
  const refusal = new ApolloLink((operation, forward) => {
    if (isRefused || operation.operationType !== 'subscription') return forward(operation);
    isRefused = true;
    return defer(async () => {
      await writer.write(4);
      const error = { message: 'Try again.', extensions: { code: 'SERVICE_UNAVAILABLE' } };
      throw new CombinedGraphQLErrors({ errors: [error] });
    });
  });
  client.setLink(refusal.concat(client.link));
  await follow();
  expect(isRefused).toBe(true);
});

test('the cache follows by id: new ones stand first, and each shows what has become of it', async () => {
  await writer.write(4);
  await follow();
  await writer.write(6);
  await hasAll();
  const rows = await world.database.query<{ id: string; status: string }>(
    'select id, status from notifications where workspace_id = $1',
    [workspaceId],
  );
  const shown = (cached()?.edges ?? []).map(({ node: { id, status } }) => ({ id, status }));
  const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
  expect(shown.toSorted(byId)).toEqual(rows.toSorted(byId));
  expect(shown[0]?.id).toBe(changes.findLast(({ from }) => from === null)?.notification.id);
});

test('further pages are joined to the first', async () => {
  await writer.write(240);
  await follow();
  const observable = client.watchQuery({ query: HISTORY, variables: { workspaceId } });
  const watching = observable.subscribe(() => undefined);
  await expect.poll(() => cached()?.edges.length, POLL).toBeGreaterThanOrEqual(50);
  const shown = cached()?.edges.length ?? 0;
  await observable.fetchMore({ variables: { after: cached()?.pageInfo.endCursor ?? null } });
  const ids = (cached()?.edges ?? []).map(({ node }) => node.id);
  expect(ids).toHaveLength(shown + 50);
  expect(new Set(ids).size).toBe(ids.length);
  watching.unsubscribe();
});

test('after CURSOR_EXPIRED it reads the page anew and follows from there', { timeout: 60_000 }, async () => {
  await follow();
  await world.database.query(
    `insert into log_epochs (epoch, system_identifier, timeline)
     select max(epoch) + 1, 'another cluster', 1 from log_epochs`,
  );
  const told = changes.length;
  await expect
    .poll(async () => {
      await writer.write(2);
      return changes.length;
    }, POLL)
    .toBeGreaterThan(told);
  const logged = (await writer.logged()).map(({ mark }) => mark);
  const since = marks().slice(told);
  expect(logged.join()).toContain(since.join());
});
