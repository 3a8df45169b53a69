import type { UserId, WorkspaceId } from '../platform/ids.ts';

export type Role = 'ADMIN' | 'MEMBER' | 'SERVICE';

/** Any workspace: a key that only a service's token may carry. */
export const ANY_WORKSPACE = '*';

/** Who is calling, as the bearer token says. Nothing about a viewer is stored. */
export interface Viewer {
  readonly userId: UserId;
  readonly memberships: ReadonlyMap<WorkspaceId | typeof ANY_WORKSPACE, Role>;
  /** The token's `exp`: a socket opened with it must not outlive it. */
  readonly expiresAt: Date;
}
