import type { Viewer } from '../access/viewer.ts';
import type { Allowance } from '../platform/rate-limits.ts';

/** What every resolver gets: who is calling, and under which name the request is in the log. */
export interface GraphQLContext {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** The rate limit that is nearest to its end; undefined where none is set. */
  rateLimit?: Allowance | undefined;
  /** The instance of a resolver class: type-graphql's `subscribe` is static and has no other way to it. */
  readonly resolver: <T extends object>(type: abstract new (...dependencies: never[]) => T) => T;
}
