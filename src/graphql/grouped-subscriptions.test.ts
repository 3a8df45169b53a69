import 'reflect-metadata';
import { type Client, createClient, type ExecutionResult } from 'graphql-ws';
import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  Int,
  ObjectType,
  Resolver,
  Root,
  Subscription,
  UseMiddleware,
} from 'type-graphql';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTinyServer, TinyResolver, type TinyServer, viewer } from '../../test/support/tiny-graphql-server.ts';
import { type TinyEvent, TinyLog } from '../../test/support/tiny-log.ts';
import type { Role, Viewer } from '../access/viewer.ts';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import { systemClock } from '../platform/clock.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { GraphQLContext } from './context.ts';
import { buildHeliographSchema, containerOf } from './schema.ts';
import { Grouped, SharedEvents } from './shared-log.ts';

let log: TinyLog;
/** How often each place was resolved, and how often the database is away for the next resolutions. */
const resolved: number[] = [];
let awayFor = 0;
let detailAwayFor = 0;
const away = (): Error => Object.assign(new Error('terminating connection'), { code: '57P01' });

@ObjectType({ simpleResolvers: true })
class Logged {
  @Field(() => Int)
  place!: number;

  @Field(() => String)
  whoLooks?: string;

  @Field(() => String, { nullable: true })
  sneaky?: string | null;

  @Field(() => String, { nullable: true })
  detail?: string | null;
}

@Resolver(() => Logged)
class LoggedResolver {
  @Grouped('from')
  @Subscription(() => Logged, {
    subscribe: ({ context, args }: { context: GraphQLContext; args: { from?: number } }) => {
      const { userId } = context.viewer;
      if (userId === ('banned' as UserId)) throw new TopLevelError('FORBIDDEN', 'Not you.');
      const concerns = ({ kind }: TinyEvent): boolean => kind === 'all' || kind === userId;
      return new SharedEvents(log, args.from ?? log.events.length, { key: userId, concerns });
    },
  })
  logged(
    @Root() { place }: TinyEvent,
    @Arg('from', () => Int, { nullable: true }) _from: number | null | undefined,
    @Arg('unit', () => Int, { nullable: true }) unit: number | null | undefined,
  ): Logged {
    resolved.push(place);
    if (awayFor > 0) {
      awayFor -= 1;
      throw away();
    }
    return { place: place * (unit ?? 1) };
  }

  @FieldResolver(() => String, { nullable: true })
  detail(): string {
    if (detailAwayFor > 0) {
      detailAwayFor -= 1;
      throw away();
    }
    return 'known';
  }

  @FieldResolver(() => String)
  whoLooks(@Ctx() context: GraphQLContext): string {
    return context.viewer.userId;
  }

  @FieldResolver(() => String, { nullable: true })
  @UseMiddleware(async ({ context }) => (context as GraphQLContext).viewer.userId)
  sneaky(): string {
    return 'never asked';
  }
}

/** Stands still until a test moves it; what expires soon by it is looked at again and again. */
let nowMs = 0;
const clock = { ...systemClock, now: () => new Date(nowMs) };
const SOON_MS = 10;

const authenticate = async (authorization: string | undefined): Promise<Viewer> => {
  const [userId, role = 'ADMIN', expiry] = (authorization ?? '').replace('Bearer ', '').split(' ');
  const memberships = new Map([['w' as WorkspaceId, role as Role]]);
  const expiresAt = new Date(expiry === 'soon' ? SOON_MS : 3_600_000);
  return { ...viewer(expiresAt), userId: userId as UserId, memberships };
};

const FAST = { interval: 5, timeout: 5_000 };
let server: TinyServer;
const clients: Client[] = [];
const counts: number[] = [];
beforeEach(async () => {
  log = new TinyLog();
  resolved.length = 0;
  awayFor = 0;
  detailAwayFor = 0;
  counts.length = 0;
  nowMs = 0;
  const instances = [new TinyResolver(), new LoggedResolver()];
  const schema = buildHeliographSchema([TinyResolver, LoggedResolver], containerOf(instances));
  server = await startTinyServer({ schema, authenticate, clock, onSubscriptionCount: (active) => counts.push(active) });
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  await server.stop();
});

interface Stream {
  next(): Promise<unknown>;
  stop(): Promise<unknown>;
}

const subscribe = (who: string, query: string, variables: Record<string, unknown> = {}): Stream => {
  const client = createClient({
    url: server.socketUrl,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${who}` },
    retryAttempts: 0,
  });
  clients.push(client);
  const results = client.iterate({ query, variables });
  return {
    next: async () => {
      const { value, done } = await results.next();
      return done === true ? 'done' : ((value as ExecutionResult).data?.['logged'] ?? value);
    },
    stop: async () => results.return?.(),
  };
};
const open = async (...streams: Stream[]): Promise<void> => {
  await expect.poll(() => counts.at(-1), FAST).toBe(streams.length);
};
const nextOf = (streams: readonly Stream[]): Promise<unknown[]> => Promise.all(streams.map((stream) => stream.next()));

describe('what is shared', () => {
  test('equal subscriptions of all viewers are executed once, whatever place they began at', async () => {
    log.append('all');
    const query = 'subscription ($from: Int) { logged(from: $from) { place } }';
    const streams = [
      ...['ana', 'bob', 'cleo MEMBER'].map((who) => subscribe(who, query)),
      subscribe('dora', 'subscription { logged { place } }'),
      subscribe('eve', 'subscription { logged(from: 1) { place } }'),
    ];
    await open(...streams);
    log.append('all');
    expect(await nextOf(streams)).toEqual(streams.map(() => ({ place: 2 })));
    expect(resolved).toEqual([2]);
  });

  test('an event that is for one viewer is sent to that one only', async () => {
    const query = 'subscription { logged { place } }';
    const streams = ['ana', 'bob', 'ana'].map((who) => subscribe(who, query));
    await open(...streams);
    log.append('ana', 'bob', 'all');
    expect(await nextOf(streams)).toEqual([{ place: 1 }, { place: 2 }, { place: 1 }]);
    expect(await nextOf(streams)).toEqual([{ place: 3 }, { place: 3 }, { place: 3 }]);
    expect(resolved.toSorted((a, b) => a - b)).toEqual([1, 2, 3]);
  });

  test('other arguments, other values and other fields are executed apart', async () => {
    const query = 'subscription ($unit: Int) { logged(unit: $unit) { place } }';
    const streams = [
      subscribe('ana', query, { unit: 10 }),
      subscribe('ana', query, { unit: 100 }),
      subscribe('ana', query),
      subscribe('ana', 'subscription { logged { place again: place } }'),
    ];
    await open(...streams);
    log.append('all');
    expect(await nextOf(streams)).toEqual([{ place: 10 }, { place: 100 }, { place: 1 }, { place: 1, again: 1 }]);
  });

  test('a field that asks for the viewer is answered for each viewer, and shared by the sockets of one', async () => {
    const query = 'subscription { logged { place whoLooks } }';
    const who = ['ana', 'bob', 'ana', 'bob MEMBER'];
    const streams = who.map((one) => subscribe(one, query));
    await open(...streams);
    log.append('all');
    const names = await nextOf(streams);
    expect(names.map((one) => (one as Logged).whoLooks)).toEqual(['ana', 'bob', 'ana', 'bob']);
    // Bob as an admin and Bob as a member are two viewers.
    expect(resolved).toHaveLength(3);
  });

  test('a field that gets at the viewer unseen fails for all instead of answering for one', async () => {
    const streams = ['ana', 'bob'].map((who) => subscribe(who, 'subscription { logged { place sneaky } }'));
    await open(...streams);
    log.append('all');
    expect(await nextOf(streams)).toEqual([
      { place: 1, sneaky: null },
      { place: 1, sneaky: null },
    ]);
    expect(JSON.stringify(server.logs)).toContain('asked for the viewer');
  });
});

describe('how it ends', () => {
  test('who may not subscribe is refused, whoever else is in the group', async () => {
    const query = 'subscription { logged { place } }';
    const ana = subscribe('ana', query);
    await open(ana);
    const refused = subscribe('banned', query).next();
    expect(await refused).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    log.append('all');
    expect(await ana.next()).toEqual({ place: 1 });
  });

  test('completion and errors reach every member, with the code of an error', async () => {
    const query = 'subscription { logged { place } }';
    const streams = ['ana', 'bob', 'cleo'].map((who) => subscribe(who, query));
    await open(...streams);
    log.end();
    expect(await nextOf(streams)).toEqual(['done', 'done', 'done']);

    log = new TinyLog();
    const more = ['ana', 'bob', 'cleo'].map((who) => subscribe(who, query));
    await open(...more);
    log.end(new TopLevelError('CURSOR_EXPIRED', 'Too old.'));
    for (const stream of more) {
      await expect(stream.next()).rejects.toMatchObject([{ extensions: { code: 'CURSOR_EXPIRED' } }]);
    }
    expect(log.followers).toBe(0);
  });

  test('the group ends with its last member, and a next one begins anew', async () => {
    const query = 'subscription { logged { place } }';
    const streams = ['ana', 'bob'].map((who) => subscribe(who, query));
    await open(...streams);
    expect(log.followers).toBe(1);
    for (const stream of streams) await stream.stop();
    await expect.poll(() => log.followers, FAST).toBe(0);
    const late = subscribe('ana', query);
    await open(late);
    log.append('all');
    expect(await late.next()).toEqual({ place: 1 });
  });

  test.each([
    ['of two viewers', 'bob', 'subscription { logged { place } }'],
    ['of one viewer', 'ana', 'subscription { logged { place whoLooks } }'],
  ])(
    'a token %s that expires ends its own socket with 4403, and the other one gets what comes next',
    async (_, other, query) => {
      const [expiring, lasting] = [subscribe('ana ADMIN soon', query), subscribe(other, query)];
      await open(expiring, lasting);
      log.append('all');
      expect(await nextOf([expiring, lasting])).toMatchObject([{ place: 1 }, { place: 1 }]);
      expect(resolved).toEqual([1]);
      nowMs = SOON_MS;
      await expect(expiring.next()).rejects.toMatchObject({ code: 4403, reason: 'The token has expired' });
      log.append('all');
      expect(await lasting.next()).toMatchObject({ place: 2 });
    },
  );

  test('an event that could not be executed while the database was away goes out when it is back, once', async () => {
    const query = 'subscription { logged { place } }';
    const streams = ['ana', 'bob'].map((who) => subscribe(who, query));
    await open(...streams);
    awayFor = 3;
    log.append('all', 'all');
    expect(await nextOf(streams)).toEqual([{ place: 1 }, { place: 1 }]);
    expect(await nextOf(streams)).toEqual([{ place: 2 }, { place: 2 }]);
  });

  test('nor does one go out without a part that may be null and could not be read meanwhile', async () => {
    const stream = subscribe('ana', 'subscription { logged { place detail } }');
    await open(stream);
    detailAwayFor = 2;
    log.append('all');
    expect(await nextOf([stream])).toEqual([{ place: 1, detail: 'known' }]);
  });
});
