import { Avatar, Badge, Box, Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { IdentityPartsFragment, SelectionPartsFragment } from '../../generated/graphql.ts';
import { ConnectButton } from '../connections/connect-button.tsx';
import { Remedy, Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { useChooseAnother } from './choose-another.ts';
import { kindOf } from './use-identities.ts';

function Who({ identity, isSelected }: { identity: IdentityPartsFragment; isSelected: boolean }): ReactNode {
  return (
    <Group gap="sm" wrap="nowrap">
      <Avatar radius="md" color="dusk" variant="filled" aria-hidden="true" name={identity.postsAs} />
      <Box miw={0}>
        <Group gap="xs">
          <Text fw={600} miw={0}>
            {identity.postsAs}
          </Text>
          {isSelected ? (
            <Badge variant="light" tt="none" className="tone" color="dusk">
              Selected
            </Badge>
          ) : null}
          {identity.usable ? null : (
            <Badge variant="light" tt="none" className="tone" color="red">
              Not usable
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed">
          {kindOf(identity)} in {identity.connection.team.name}
        </Text>
      </Box>
    </Group>
  );
}

function Mend({ identity }: { identity: IdentityPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const isPerson = identity.kind === 'PERSONAL_USER' && identity.connection.status === 'ACTIVE';
  if (!isPerson && role !== 'ADMIN') return null;
  return (
    <ConnectButton intent={isPerson ? 'PERSONAL' : 'WORKSPACE'} connectionId={identity.connection.id} size="xs">
      {isPerson ? 'Authorize again' : `Reconnect ${identity.connection.team.name}`}
    </ConnectButton>
  );
}

/** One identity: choose it, or read why it cannot be used now and mend that. */
export function IdentityCard({
  identity,
  selection,
}: {
  identity: IdentityPartsFragment;
  selection: SelectionPartsFragment | null | undefined;
}): ReactNode {
  const { role } = useWorkspace();
  const { choose, busy, error } = useChooseAnother(selection);
  const isSelected = selection?.identity.id === identity.id;
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group justify="space-between" gap="sm">
          <Who identity={identity} isSelected={isSelected} />
          {isSelected || !identity.usable || role === 'SERVICE' ? null : (
            <Button loading={busy} onClick={() => choose(identity)}>
              Post as {identity.postsAs}
            </Button>
          )}
        </Group>
        {identity.problem ? <Remedy problem={identity.problem} action={<Mend identity={identity} />} /> : null}
        {error ? <Trouble error={error} /> : null}
      </Stack>
    </Paper>
  );
}
