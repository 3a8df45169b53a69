import { Anchor, Badge, Divider, Group, NavLink, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useConnections } from '../connections/use-connections.ts';
import { page } from '../page.ts';
import { Icon, type IconName } from '../parts/icons.tsx';

interface Place {
  readonly href: string;
  readonly label: string;
  readonly icon: IconName;
}

const PLACES: readonly (readonly Place[])[] = [
  [
    { href: '/', label: 'Overview', icon: 'overview' },
    { href: '/notifications', label: 'Notifications', icon: 'notifications' },
    { href: '/compose', label: 'Compose', icon: 'compose' },
  ],
  [
    { href: '/connections', label: 'Connections', icon: 'connections' },
    { href: '/identity', label: 'Identity', icon: 'identity' },
    { href: '/event-types', label: 'Event types', icon: 'eventTypes' },
  ],
];

const isAt = (location: string, href: string): boolean =>
  href === '/' ? location === '/' : location === href || location.startsWith(`${href}/`);

export function Navigation(): ReactNode {
  const [location] = useLocation();
  const { broken } = useConnections();
  return (
    <Stack gap={2} h="100%">
      {PLACES.map((places, index) => (
        <Stack gap={2} key={places[0]?.href}>
          {index > 0 ? <Divider my="xs" /> : null}
          {places.map(({ href, label, icon }) => (
            <NavLink
              key={href}
              component={Link}
              href={href}
              label={label}
              active={isAt(location, href)}
              aria-current={isAt(location, href) ? 'page' : undefined}
              leftSection={<Icon name={icon} />}
              rightSection={
                href === '/connections' && broken.length > 0 ? (
                  <Badge color="red" size="sm" circle aria-label={`${broken.length} broken`}>
                    {broken.length}
                  </Badge>
                ) : undefined
              }
              className="nav"
            />
          ))}
        </Stack>
      ))}
      {page.simulatedSlackUrl === undefined ? null : (
        <Anchor
          href={page.simulatedSlackUrl}
          target="_blank"
          rel="noreferrer"
          size="sm"
          mt="auto"
          p="xs"
          hiddenFrom="md"
        >
          <Group gap={6}>
            Open the simulated Slack <Icon name="external" size={14} />
          </Group>
        </Anchor>
      )}
    </Stack>
  );
}
