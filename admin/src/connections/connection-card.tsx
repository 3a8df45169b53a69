import { Button, Code, Divider, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { ConnectionPartsFragment } from '../../generated/graphql.ts';
import { Remedy } from '../parts/notices.tsx';
import { When } from '../parts/time.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { Authorizations } from './authorizations.tsx';
import { ConnectButton } from './connect-button.tsx';
import { ConnectionStatusBadge } from './connection-status.tsx';
import { DisconnectDialog } from './disconnect-dialog.tsx';
import { MendConnection } from './mend-connection.tsx';
import { Scopes } from './scopes.tsx';

function Facts({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { team, installedBy, connectedAt, lastUsedAt, tokenExpiresAt } = connection;
  return (
    <Text size="sm" c="dimmed">
      <Code>{team.id}</Code>
      {team.enterpriseName ? ` in ${team.enterpriseName}` : ''} · connected <When at={connectedAt} /> by {installedBy}
      {' · '}
      {lastUsedAt ? (
        <>
          last delivered <When at={lastUsedAt} />
        </>
      ) : (
        'nothing delivered yet'
      )}
      {tokenExpiresAt ? ' · token renewed by itself' : ''}
    </Text>
  );
}

function Actions({
  connection,
  onDisconnect,
}: {
  connection: ConnectionPartsFragment;
  onDisconnect: () => void;
}): ReactNode {
  const isEnded = connection.status === 'DISCONNECTED';
  return (
    <Group gap="xs">
      {connection.status === 'NEEDS_REAUTHORIZATION' ? null : (
        <ConnectButton intent="WORKSPACE" connectionId={connection.id} variant="default" size="xs">
          {isEnded ? 'Connect again' : 'Reconnect'}
        </ConnectButton>
      )}
      {isEnded ? null : (
        <Button size="xs" variant="subtle" color="red" onClick={onDisconnect}>
          Disconnect …
        </Button>
      )}
    </Group>
  );
}

/** One Slack team of the workspace: how it is, what it may, who joined it, and how to end it. */
export function ConnectionCard({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const [isEnding, setEnding] = useState(false);
  const { team, status, problem } = connection;
  return (
    <Paper withBorder p="md" component="section" aria-label={team.name}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <div>
            <Group gap="xs">
              <Title order={2}>{team.name}</Title>
              <ConnectionStatusBadge status={status} />
            </Group>
            <Facts connection={connection} />
          </div>
          {role === 'ADMIN' ? <Actions connection={connection} onDisconnect={() => setEnding(true)} /> : null}
        </Group>
        {problem ? <Remedy problem={problem} action={<MendConnection connection={connection} />} /> : null}
        {status === 'DISCONNECTED' ? null : (
          <>
            <Scopes granted={connection.scopes} missing={connection.missingScopes} />
            <Divider />
            <Authorizations connection={connection} />
          </>
        )}
      </Stack>
      <DisconnectDialog
        opened={isEnding}
        onClose={() => setEnding(false)}
        target={{ id: connection.id, name: team.name, kind: 'connection', connectionId: connection.id }}
      />
    </Paper>
  );
}
