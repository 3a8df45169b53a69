import 'reflect-metadata';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import {
  Arg,
  Ctx,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import type { Viewer } from '../../src/access/viewer.ts';
import { SenderInput } from '../../src/notifications/send.types.ts';
import { systemClock } from '../../src/platform/clock.ts';
import type { UserId } from '../../src/platform/ids.ts';
import { TopLevelError } from '../../src/platform/top-level-error.ts';
import type { GraphQLContext } from '../../src/graphql/context.ts';
import { DEFAULT_PAGE_SIZE, PageInfo } from '../../src/graphql/page.types.ts';
import { requestIdOf } from '../../src/graphql/request-id.ts';
import { DateTime, JSONObject, Url } from '../../src/graphql/scalars.ts';
import { buildHeliographSchema, containerOf } from '../../src/graphql/schema.ts';
import { serveGraphQLOverHttp } from '../../src/graphql/server.ts';
import type { GraphQLSettings } from '../../src/graphql/settings.ts';
import { serveGraphQLOverSockets } from '../../src/graphql/socket.ts';

@ObjectType({ simpleResolvers: true })
class Leaf {
  @Field(() => Leaf)
  leaf?: Leaf;

  @Field(() => [Leaf])
  leaves?: Leaf[];

  @Field(() => String)
  name!: string;
}

@ObjectType({ simpleResolvers: true })
class LeafConnection {
  @Field(() => [Leaf])
  nodes!: Leaf[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@InputType()
class WhenInput {
  @Field(() => DateTime, { nullable: true })
  at?: Date | null;

  @Field(() => Url, { nullable: true })
  url?: URL | null;

  @Field(() => JSONObject, { nullable: true })
  json?: Record<string, unknown> | null;
}

/** Open streams, so that a test can see that each was ended. */
export const openStreams = new Set<symbol>();

/** Lets a query `held` go, each once. */
export const releases: (() => void)[] = [];

async function* failingTicks(failAt: number, error: Error): AsyncGenerator<number> {
  const stream = Symbol('ticks');
  openStreams.add(stream);
  try {
    for (let tick = 1; tick < failAt; tick += 1) yield tick;
    throw error;
  } finally {
    openStreams.delete(stream);
  }
}

/** Three ticks, then a wait that ends when the consumer leaves, as the wait of every source must. */
function endlessTicks(): AsyncIterableIterator<number> {
  const stream = Symbol('ticks');
  openStreams.add(stream);
  let tick = 0;
  let leave: (() => void) | undefined;
  const done = { value: undefined, done: true } as const;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      tick += 1;
      if (tick <= 3) return { value: tick, done: false };
      await new Promise<void>((resolve) => (leave = resolve));
      return done;
    },
    async return() {
      openStreams.delete(stream);
      leave?.();
      return done;
    },
  };
}

const boom = (kind: string): Error => {
  if (kind === 'database') return Object.assign(new Error('terminating connection'), { code: '57P01' });
  if (kind === 'expired') return new TopLevelError('CURSOR_EXPIRED', 'The cursor is too old.');
  if (kind === 'limited') return new TopLevelError('RATE_LIMITED', 'Slow down.', { retryAfterSeconds: 7 });
  return new Error('password=hunter2');
};

@Resolver()
export class TinyResolver {
  @Query(() => String)
  me(@Ctx() context: GraphQLContext): string {
    return context.viewer.userId;
  }

  /** Answers when a test releases it. */
  @Query(() => Boolean)
  async held(): Promise<boolean> {
    await new Promise<void>((resolve) => releases.push(resolve));
    return true;
  }

  @Query(() => Leaf)
  leaf(): Leaf {
    return { name: 'leaf' };
  }

  @Query(() => LeafConnection)
  leaves(
    @Arg('first', () => Int, { nullable: true, defaultValue: DEFAULT_PAGE_SIZE }) _first: number | null,
  ): LeafConnection {
    return { nodes: [], pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null } };
  }

  @Query(() => String)
  fail(@Arg('kind', () => String) kind: string): string {
    throw boom(kind);
  }

  @Query(() => DateTime)
  when(@Arg('input', () => WhenInput) input: WhenInput): Date {
    return input.at ?? new Date('2026-11-22T09:30:00+02:00');
  }

  @Mutation(() => String)
  send(@Arg('sender', () => SenderInput) sender: SenderInput): string {
    return sender.identityId ?? `selected by ${sender.selectedBy}`;
  }

  @Mutation(() => Int)
  sendNotifications(@Arg('texts', () => [String]) texts: string[]): number {
    return texts.length;
  }

  @Subscription(() => Int, {
    subscribe: ({ args }) => {
      const failAt = args['failAt'] as number | undefined;
      const error = boom(String(args['kind']));
      if (failAt === 0) throw error;
      return failAt === undefined ? endlessTicks() : failingTicks(failAt, error);
    },
  })
  ticked(
    @Root() tick: number,
    @Arg('kind', () => ID) _kind: string,
    @Arg('failAt', () => Int, { nullable: true }) _failAt: number | null | undefined,
  ): number {
    return tick;
  }
}

export const viewer = (expiresAt = new Date(Date.now() + 3_600_000)): Viewer => ({
  userId: 'user-1' as UserId,
  memberships: new Map(),
  expiresAt,
});

/** Notes the name of every root field that is resolved or subscribed to: what is refused must not come so far. */
function noteRuns(schema: GraphQLSchema, ran: string[]): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  for (const field of roots.flatMap((root) => Object.values(root?.getFields() ?? {}))) {
    const { resolve, subscribe } = field;
    field.resolve = (...given) => {
      ran.push(field.name);
      return resolve?.(...given);
    };
    if (!subscribe) continue;
    field.subscribe = (...given) => {
      ran.push(field.name);
      return subscribe(...given);
    };
  }
}

/** A real server with a tiny schema on a free port; `good` is its only token. */
export async function startTinyServer(overrides: Partial<GraphQLSettings> = {}, keepAliveMs?: number) {
  const app = Fastify({ genReqId: requestIdOf, logger: false });
  const logs: unknown[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void logs.push(JSON.parse(line)) });
  const container = containerOf([new TinyResolver()]);
  const schema = buildHeliographSchema([TinyResolver], container);
  const ran: string[] = [];
  noteRuns(schema, ran);
  const settings: GraphQLSettings = {
    schema,
    resolver: (type) => container.get(type, { root: undefined, args: {}, context: {}, info: {} as never }) as never,
    authenticate: async (authorization) => {
      if (authorization === 'Bearer good') return viewer();
      throw new TopLevelError('UNAUTHENTICATED', 'The token is not valid. Send "Authorization: Bearer <token>".');
    },
    introspection: 'on',
    subscriptionsPerSocket: 100,
    suggestions: true,
    clock: systemClock,
    logger,
    ...overrides,
  };
  const http = await serveGraphQLOverHttp(app, settings);
  await app.listen({ host: '127.0.0.1', port: 0 });
  const sockets = serveGraphQLOverSockets(app.server, settings, keepAliveMs);
  const { port } = app.server.address() as AddressInfo;
  return {
    logs,
    /** The root fields that were run so far. */
    ran,
    server: app.server,
    socketUrl: `ws://127.0.0.1:${port}/graphql`,
    post: (body: unknown, headers: Record<string, string> = {}) =>
      fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer good', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    stop: async () => {
      const closed = once(app.server, 'close');
      await sockets.stop();
      await http.stop();
      await closed;
    },
    stopSockets: () => sockets.stop(),
  };
}

export type TinyServer = Awaited<ReturnType<typeof startTinyServer>>;
