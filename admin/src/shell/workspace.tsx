import { AppShell, Container } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useLocation } from 'wouter';
import { hideEnded } from '../parts/ended.ts';
import { Header } from './header.tsx';
import { Navigation } from './navigation.tsx';
import { useCatchUp } from './catch-up.ts';
import { OfflineBanner } from './offline-banner.tsx';
import { Screens } from './screens.tsx';
import { WorkspaceContext, type WorkspaceView } from './workspace-context.tsx';
import './shell.css';

/** Everything inside one workspace: what is around the screens, and the screens. */
export function Workspace({ workspaceId, userId, role, memberships }: WorkspaceView): ReactNode {
  const [isOpen, { toggle, close }] = useDisclosure();
  const [location] = useLocation();
  useCatchUp(workspaceId);
  useEffect(close, [location, close]);
  useEffect(() => hideEnded, []);
  const view = useMemo(() => ({ workspaceId, userId, role, memberships }), [workspaceId, userId, role, memberships]);
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
            <Screens />
          </Container>
        </AppShell.Main>
      </AppShell>
    </WorkspaceContext>
  );
}
