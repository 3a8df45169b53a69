import { createContext, useContext } from 'react';
import type { Role, ViewerQuery } from '../../generated/graphql.ts';

export interface WorkspaceView {
  readonly workspaceId: string;
  readonly role: Role;
  readonly userId: string;
  readonly memberships: ViewerQuery['viewer']['memberships'];
}

export const WorkspaceContext = createContext<WorkspaceView | undefined>(undefined);

export function useWorkspace(): WorkspaceView {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error('No workspace is open here.');
  return workspace;
}
