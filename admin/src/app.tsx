import { ApolloProvider } from '@apollo/client/react';
import { useQuery } from '@apollo/client/react';
import { Center, Container, Loader } from '@mantine/core';
import { type ReactNode, useEffect, useEffectEvent } from 'react';
import { Redirect, Route, Router, Switch } from 'wouter';
import { ViewerDocument, type ViewerQuery } from '../generated/graphql.ts';
import { Trouble } from './parts/notices.tsx';
import { Clock } from './parts/time.tsx';
import { SessionGate, useSession } from './session/session.tsx';
import { decoded } from './shell/decoded.ts';
import { NoRole } from './shell/no-role.tsx';
import { firstNamed, roleIn } from './shell/role.ts';
import { Workspace } from './shell/workspace.tsx';
import { WorkspaceEntry } from './shell/workspace-entry.tsx';

export function App(): ReactNode {
  return (
    <Router base="/admin">
      <SessionGate>
        <Clock>
          <WithApi />
        </Clock>
      </SessionGate>
    </Router>
  );
}

function WithApi(): ReactNode {
  const { client } = useSession();
  return (
    <ApolloProvider client={client}>
      <Entrance />
    </ApolloProvider>
  );
}

function Entrance(): ReactNode {
  const { data, error, refetch } = useQuery(ViewerDocument);
  const again = useEffectEvent(() => {
    if (error) void refetch();
  });
  // Runs again whenever somebody has signed in over what stayed on the page.
  useEffect(() => again(), []);
  if (error && !data) {
    return (
      <Container size="sm" py="xl" component="main">
        <Trouble error={error} onRetry={() => void refetch()} />
      </Container>
    );
  }
  if (!data) {
    return (
      <Center mih="100vh" component="main">
        <Loader role="status" aria-label="Signing in" />
      </Center>
    );
  }
  const { viewer } = data;
  const { memberships } = viewer;
  if (memberships.length === 0) return <NoRole memberships={memberships} />;
  const first = firstNamed(memberships);
  return (
    <Switch>
      <Route path="/w/:workspace" nest>
        {({ workspace }) => <Inside key={workspace} part={workspace ?? ''} viewer={viewer} />}
      </Route>
      <Route>
        {first === undefined ? <WorkspaceEntry /> : <Redirect to={`/w/${encodeURIComponent(first)}`} replace />}
      </Route>
    </Switch>
  );
}

function Inside({ part, viewer }: { part: string; viewer: ViewerQuery['viewer'] }): ReactNode {
  const { userId, memberships } = viewer;
  // An id may look like an escaped one itself.
  const workspaceId = memberships.some((membership) => membership.workspaceId === part) ? part : decoded(part);
  const role = roleIn(memberships, workspaceId);
  return role === undefined ? (
    <NoRole memberships={memberships} />
  ) : (
    <Workspace workspaceId={workspaceId} userId={userId} role={role} memberships={memberships} />
  );
}
