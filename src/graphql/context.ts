import type { Viewer } from '../access/viewer.ts';

/** What every resolver gets: who is calling, and under which name the request is in the log. */
export interface GraphQLContext {
  readonly viewer: Viewer;
  readonly requestId: string;
}
