import type { GraphQLSchema } from 'graphql';
import type { Viewer } from '../access/viewer.ts';
import type { Clock } from '../platform/clock.ts';
import type { RateLimits } from '../platform/rate-limits.ts';
import type { Logger } from '../platform/logger.ts';
import type { GraphQLContext } from './context.ts';
import type { Introspection } from './limits.ts';

/** What HTTP and the sockets share, so that one cannot allow what the other refuses. */
export interface GraphQLSettings {
  readonly schema: GraphQLSchema;
  /** Where subscriptions find the resolver instances that the schema was built with. */
  readonly resolver: GraphQLContext['resolver'];
  /** Throws a TopLevelError UNAUTHENTICATED for a missing or a bad token. */
  readonly authenticate: (authorization: string | undefined) => Promise<Viewer>;
  readonly introspection: Introspection;
  readonly subscriptionsPerSocket: number;
  /** Whether errors may suggest names of the schema ("Did you mean"); not in production. */
  readonly suggestions: boolean;
  /** Shared by all processes; without it nothing is counted. */
  readonly rateLimits?: RateLimits;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Called once per operation over HTTP, for the metric of request times. */
  readonly onOperation?: (operationType: string, durationMs: number) => void;
  /** Called with every change of the number of subscriptions of this process. */
  readonly onSubscriptionCount?: (active: number) => void;
}
