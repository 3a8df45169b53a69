import { Button, Container } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ViewerQuery } from '../../generated/graphql.ts';
import { Empty } from '../parts/notices.tsx';
import { useSession } from '../session/session.tsx';

/** Where the token lets nobody in: the workspaces that it names, and the way to another token. */
export function NoRole({ memberships }: { memberships: ViewerQuery['viewer']['memberships'] }): ReactNode {
  const { signOut } = useSession();
  const actions = (
    <>
      {memberships.map(({ workspaceId }) => (
        <Button key={workspaceId} component={Link} href={`~/admin/w/${encodeURIComponent(workspaceId)}`}>
          Open {workspaceId}
        </Button>
      ))}
      <Button variant="default" onClick={signOut}>
        Sign out
      </Button>
    </>
  );
  return (
    <Container size="sm" py="xl" component="main">
      {memberships.length === 0 ? (
        <Empty icon="lock" title="No workspace" action={actions}>
          Your token names no workspace. Ask whoever runs your product to give you a role in one.
        </Empty>
      ) : (
        <Empty icon="lock" title="No role in this workspace" action={actions}>
          Your token does not name it. Ask whoever runs your product to give you a role in it, or open one that is
          named.
        </Empty>
      )}
    </Container>
  );
}
