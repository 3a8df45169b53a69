import type { UserId, WorkspaceId } from '../platform/ids.ts';
import { isLongerThan, isStorable } from '../platform/text.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import { ANY_WORKSPACE, type Role, type Viewer } from './viewer.ts';

const MAX_WORKSPACE_ID_LENGTH = 128;
/** A token cannot name any other; whoever may enter all workspaces must not make one of such a name. */
const isWorkspaceId = (text: string): boolean =>
  text !== '' && !isLongerThan(text, MAX_WORKSPACE_ID_LENGTH) && isStorable(text);

export const roleIn = (viewer: Viewer, workspaceId: WorkspaceId): Role | undefined =>
  viewer.memberships.get(workspaceId) ??
  (isWorkspaceId(workspaceId) ? viewer.memberships.get(ANY_WORKSPACE) : undefined);

/** One answer for every workspace without a role: whether it exists is not the viewer's to know. */
export const requireRole = (viewer: Viewer, workspaceId: WorkspaceId): Role => {
  const role = roleIn(viewer, workspaceId);
  if (role === undefined) {
    throw new TopLevelError('FORBIDDEN', 'You have no role in this workspace. Ask for a token that names it.');
  }
  return role;
};

/** Whose own authorization and identity are meant. A service is nobody, also where its token's `sub` is that of a person. */
export const personIn = (viewer: Viewer, workspaceId: WorkspaceId): UserId | undefined => {
  const role = roleIn(viewer, workspaceId);
  return role === undefined || role === 'SERVICE' ? undefined : viewer.userId;
};

/** For what a role in the viewer's own workspace does not allow. */
export const requireOneOf = (viewer: Viewer, workspaceId: WorkspaceId, roles: readonly Role[]): Role => {
  const role = requireRole(viewer, workspaceId);
  if (!roles.includes(role)) {
    throw new TopLevelError(
      'FORBIDDEN',
      `This needs the role ${roles.join(' or ')} in the workspace; yours is ${role}.`,
    );
  }
  return role;
};

/** What of a notification decides who may see it. */
export interface NotificationAudience {
  readonly workspaceId: WorkspaceId;
  readonly identityKind: string | null;
  readonly requestedBy: string;
  readonly selectedBy: string | null;
}

/** Admins and services see all; a member sees what they asked for, what was sent for them, and the bot's. */
export const maySeeNotification = (viewer: Viewer, audience: NotificationAudience): boolean => {
  const role = roleIn(viewer, audience.workspaceId);
  if (role === undefined) return false;
  if (role !== 'MEMBER') return true;
  return (
    audience.identityKind === 'WORKSPACE_BOT' ||
    audience.requestedBy === viewer.userId ||
    audience.selectedBy === viewer.userId
  );
};

/** Viewers of a workspace with equal keys see the same of it: admins and services all, each member their own part. */
export const audienceKey = (role: Role, viewer: Viewer): string =>
  role === 'MEMBER' ? `MEMBER ${viewer.userId}` : 'ALL';
