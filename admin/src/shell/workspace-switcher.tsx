import { Button, Menu, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { useWorkspace } from './workspace-context.tsx';

const addressOf = (workspaceId: string): string => `~/admin/w/${encodeURIComponent(workspaceId)}`;

/** A service with `*` may enter any workspace, and has no list of them. */
function AnyWorkspace({ onChoose }: { onChoose: (workspaceId: string) => void }): ReactNode {
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('workspace');
    if (typeof given === 'string' && given.trim() !== '') onChoose(given.trim());
  };
  return (
    <form onSubmit={submit}>
      <TextInput name="workspace" label="Another workspace" placeholder="Its id" p="xs" maxLength={128} />
    </form>
  );
}

export function WorkspaceSwitcher(): ReactNode {
  const { workspaceId, memberships } = useWorkspace();
  const [, go] = useLocation();
  const [isOpen, setOpen] = useState(false);
  const choose = (chosen: string): void => {
    setOpen(false);
    go(addressOf(chosen));
  };
  const named = memberships.filter((membership) => membership.workspaceId !== '*');
  const isAny = named.length < memberships.length;
  if (!isAny && named.length < 2) {
    return (
      <Text size="sm" c="dimmed" truncate title={`Workspace ${workspaceId}`}>
        {workspaceId}
      </Text>
    );
  }
  return (
    <Menu opened={isOpen} onChange={setOpen} position="bottom-start" width={260}>
      <Menu.Target>
        <Button variant="default" size="xs" maw={180} aria-label={`Workspace ${workspaceId}. Choose another`}>
          {workspaceId}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} className="scrolling">
        {named.map((membership) => (
          <Menu.Item
            key={membership.workspaceId}
            onClick={() => choose(membership.workspaceId)}
            rightSection={
              <Text size="xs" c="dimmed">
                {membership.role.toLowerCase()}
              </Text>
            }
          >
            {membership.workspaceId}
          </Menu.Item>
        ))}
        {isAny ? <AnyWorkspace onChoose={choose} /> : null}
      </Menu.Dropdown>
    </Menu>
  );
}
