import {
  ActionIcon,
  Anchor,
  Burger,
  Group,
  Menu,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { page } from '../page.ts';
import { Icon } from '../parts/icons.tsx';
import { Mark } from '../parts/mark.tsx';
import { useSession } from '../session/session.tsx';
import { useWorkspace } from './workspace-context.tsx';
import { WorkspaceSwitcher } from './workspace-switcher.tsx';

function ColourScheme(): ReactNode {
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const label = isDark ? 'Light colours' : 'Dark colours';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(isDark ? 'light' : 'dark')}
      >
        <Icon name={isDark ? 'sun' : 'moon'} />
      </ActionIcon>
    </Tooltip>
  );
}

function Account(): ReactNode {
  const { signOut } = useSession();
  const { userId, role } = useWorkspace();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${userId}`}>
          <Icon name="user" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {userId} · {role.toLowerCase()} here
        </Menu.Label>
        {page.playgroundUrl === undefined ? null : (
          <Menu.Item
            component="a"
            href={page.playgroundUrl}
            target="_blank"
            // Our own page, which takes the session's token along: without it a new tab begins with none.
            rel="opener"
            leftSection={<Icon name="external" size={16} />}
          >
            GraphQL playground
          </Menu.Item>
        )}
        {page.simulatedSlackUrl === undefined ? null : (
          <Menu.Item
            component="a"
            href={page.simulatedSlackUrl}
            target="_blank"
            leftSection={<Icon name="external" size={16} />}
          >
            Open the simulated Slack
          </Menu.Item>
        )}
        <Menu.Item onClick={signOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

export function Header({ isMenuOpen, onMenu }: { isMenuOpen: boolean; onMenu: () => void }): ReactNode {
  return (
    <Group h="100%" px={{ base: 'xs', sm: 'md' }} justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="xs" wrap="nowrap" miw={0}>
        <Burger opened={isMenuOpen} onClick={onMenu} hiddenFrom="sm" size="sm" aria-label="Screens" />
        <Anchor component={Link} href="/" underline="never" c="inherit" aria-label="Heliograph: overview">
          <Group gap={8} wrap="nowrap">
            <Mark size={26} />
            <Text fw={700} visibleFrom="xs">
              Heliograph
            </Text>
          </Group>
        </Anchor>
        <WorkspaceSwitcher />
      </Group>
      <Group gap={4} wrap="nowrap">
        {page.simulatedSlackUrl === undefined ? null : (
          <Anchor href={page.simulatedSlackUrl} target="_blank" rel="noreferrer" size="sm" visibleFrom="md" mr="xs">
            <Group gap={6} wrap="nowrap">
              Open the simulated Slack <Icon name="external" size={14} />
            </Group>
          </Anchor>
        )}
        <ColourScheme />
        <Account />
      </Group>
    </Group>
  );
}
