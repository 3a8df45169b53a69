import { Accordion, Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Heading } from '../parts/heading.tsx';
import { Empty, Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ClaimNotice, Claiming } from './claim.tsx';
import { ConnectButton } from './connect-button.tsx';
import { ConnectionCard } from './connection-card.tsx';
import { useClaim } from './use-claim.ts';
import { useConnections } from './use-connections.ts';

function NoConnection({ isAdmin }: { isAdmin: boolean }): ReactNode {
  return (
    <Empty
      icon="connections"
      title="No Slack is connected yet"
      action={
        isAdmin ? (
          <ConnectButton intent="WORKSPACE" size="md">
            Connect Slack
          </ConnectButton>
        ) : undefined
      }
    >
      {isAdmin
        ? 'Connect a Slack team, and its bot can post for this workspace. Slack asks you to approve first, and nothing is connected before you come back.'
        : 'An admin of this workspace connects Slack. Then you can choose who you post as.'}
    </Empty>
  );
}

export function Connections(): ReactNode {
  const { role } = useWorkspace();
  const { connections, error, refetch } = useConnections();
  const claim = useClaim();
  if (claim.isClaiming) return <Claiming />;
  const isAdmin = role === 'ADMIN';
  const live = connections?.filter(({ status }) => status !== 'DISCONNECTED') ?? [];
  const ended = connections?.filter(({ status }) => status === 'DISCONNECTED') ?? [];
  return (
    <>
      <Heading
        title="Connections"
        actions={
          isAdmin && live.length > 0 ? (
            <ConnectButton intent="WORKSPACE" variant="default">
              Connect another team
            </ConnectButton>
          ) : undefined
        }
      >
        The Slack teams of this workspace, and the people who post as themselves.
      </Heading>
      <ClaimNotice claim={claim} />
      {error ? <Trouble error={error} onRetry={refetch} /> : null}
      <Stack>
        {connections === undefined && !error ? <Skeleton height={180} /> : null}
        {connections !== undefined && live.length === 0 ? <NoConnection isAdmin={isAdmin} /> : null}
        {live.map((connection) => (
          <ConnectionCard key={connection.id} connection={connection} />
        ))}
      </Stack>
      {ended.length > 0 ? (
        <Accordion mt="lg" variant="contained">
          <Accordion.Item value="ended">
            <Accordion.Control>Disconnected ({ended.length})</Accordion.Control>
            <Accordion.Panel>
              <Stack>
                {ended.map((connection) => (
                  <ConnectionCard key={connection.id} connection={connection} />
                ))}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      ) : null}
    </>
  );
}
