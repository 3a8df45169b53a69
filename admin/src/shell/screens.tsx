import { Center, Loader } from '@mantine/core';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { Overview } from '../overview/overview.tsx';
import { Boundary, NotLoaded } from '../parts/boundary.tsx';
import { Heading } from '../parts/heading.tsx';

/** Late enough to leave the first screen its line. */
const PRELOAD_AFTER_MS = 3_000;

const LOADS = {
  notifications: async () => ({ default: (await import('../notifications/notifications.tsx')).Notifications }),
  connections: async () => ({ default: (await import('../connections/connections.tsx')).Connections }),
  identity: async () => ({ default: (await import('../identity/identity.tsx')).IdentityScreen }),
  eventTypes: async () => ({ default: (await import('../event-types/event-types.tsx')).EventTypes }),
  compose: async () => ({ default: (await import('../compose/compose.tsx')).Compose }),
};

type Load = () => Promise<{ default: () => ReactNode }>;

const screen = (load: Load) =>
  lazy(() =>
    load().catch((cause: unknown) => {
      throw new NotLoaded('A part of the page could not be fetched.', { cause });
    }),
  );

const Notifications = screen(LOADS.notifications);
const Connections = screen(LOADS.connections);
const IdentityScreen = screen(LOADS.identity);
const EventTypes = screen(LOADS.eventTypes);
const Compose = screen(LOADS.compose);

/** The other screens are here before they are needed: the server may be away, or upgraded, by then. */
function usePreloading(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // Whoever opens one that did not come is told then.
      for (const load of Object.values<Load>(LOADS)) load().catch(() => undefined);
    }, PRELOAD_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
}

const waiting = (
  <Center py="xl">
    <Loader role="status" aria-label="Loading" />
  </Center>
);

export function Screens(): ReactNode {
  const [location] = useLocation();
  usePreloading();
  return (
    <Boundary at={location}>
      <Suspense fallback={waiting}>
        <Switch>
          <Route path="/" component={Overview} />
          <Route path="/notifications" component={Notifications} />
          <Route path="/connections" component={Connections} />
          <Route path="/identity" component={IdentityScreen} />
          <Route path="/event-types/:key?" component={EventTypes} />
          <Route path="/compose" component={Compose} />
          <Route>
            <Heading title="There is no such page">Choose one in the menu.</Heading>
          </Route>
        </Switch>
      </Suspense>
    </Boundary>
  );
}
