import { AppShell, Center, Container, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, type ReactNode, Suspense, useEffect, useMemo } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import type { ViewerQuery } from '../../generated/graphql.ts';
import { Overview } from '../overview/overview.tsx';
import { Empty } from '../parts/notices.tsx';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { useCatchUp } from './catch-up.ts';
import { OfflineBanner } from './offline-banner.tsx';
import { WorkspaceContext } from './workspace-context.tsx';
import './shell.css';

const Notifications = lazy(async () => ({
  default: (await import('../notifications/notifications.tsx')).Notifications,
}));
const Connections = lazy(async () => ({ default: (await import('../connections/connections.tsx')).Connections }));
const IdentityScreen = lazy(async () => ({ default: (await import('../identity/identity.tsx')).IdentityScreen }));
const EventTypes = lazy(async () => ({ default: (await import('../event-types/event-types.tsx')).EventTypes }));
const Compose = lazy(async () => ({ default: (await import('../compose/compose.tsx')).Compose }));

function Screens(): ReactNode {
  return (
    <Switch>
      <Route path="/" component={Overview} />
      <Route path="/notifications" component={Notifications} />
      <Route path="/connections" component={Connections} />
      <Route path="/identity" component={IdentityScreen} />
      <Route path="/event-types/:key?" component={EventTypes} />
      <Route path="/compose" component={Compose} />
      <Route>
        <Empty icon="search" title="There is no such page">
          Choose one on the left.
        </Empty>
      </Route>
    </Switch>
  );
}

const waiting = (
  <Center py="xl">
    <Loader role="status" aria-label="Loading" />
  </Center>
);

/** Everything inside one workspace: what is around the screens, and the screens. */
export function Workspace({ workspaceId, viewer }: { workspaceId: string; viewer: ViewerQuery['viewer'] }): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  useCatchUp(workspaceId);
  useEffect(close, [location, close]);
  const { userId, memberships } = viewer;
  const view = useMemo(() => {
    const membership = memberships.find((each) => each.workspaceId === workspaceId || each.workspaceId === '*');
    return { workspaceId, userId, memberships, role: membership?.role ?? ('MEMBER' as const) };
  }, [workspaceId, userId, memberships]);
  return (
    <WorkspaceContext value={view}>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        padding={{ base: 'sm', sm: 'lg' }}
      >
        <AppShell.Header>
          <Header isMenuOpen={isOpen} onMenu={toggle} />
        </AppShell.Header>
        <AppShell.Navbar p="sm" aria-label="Screens">
          <Navigation />
        </AppShell.Navbar>
        <AppShell.Main>
          <OfflineBanner />
          <Container size="lg" px={0}>
            <Suspense fallback={waiting}>
              <Screens />
            </Suspense>
          </Container>
        </AppShell.Main>
      </AppShell>
    </WorkspaceContext>
  );
}
