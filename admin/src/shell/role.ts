import type { Role, ViewerQuery } from '../../generated/graphql.ts';

const ANY = '*';

/** The role that the token names for the workspace itself; that for all others counts only where it names none. */
export function roleIn(memberships: ViewerQuery['viewer']['memberships'], workspaceId: string): Role | undefined {
  const roleOf = (id: string) => memberships.find((membership) => membership.workspaceId === id)?.role;
  return roleOf(workspaceId) ?? roleOf(ANY);
}

/** The workspace to begin with; none where the token lets in everywhere and names nowhere. */
export const firstNamed = (memberships: ViewerQuery['viewer']['memberships']): string | undefined =>
  memberships.find(({ workspaceId }) => workspaceId !== ANY)?.workspaceId;
