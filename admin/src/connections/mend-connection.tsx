import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ConnectionPartsFragment } from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ConnectButton } from './connect-button.tsx';

/** What a new trip to Slack mends. The rest is mended where it fails: in a channel, or by whoever runs this server. */
const BY_SLACK = [
  'CONNECTION_NEEDS_REAUTHORIZATION',
  'CONNECTION_DISCONNECTED',
  'MISSING_SCOPE',
  'IDENTITY_NOT_USABLE',
];

/** The one action that mends a connection's problem, or else one's own authorization's. */
export function MendConnection({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const { problem, myAuthorization } = connection;
  if (!problem && myAuthorization?.problem) {
    return (
      <ConnectButton intent="PERSONAL" connectionId={connection.id} size="xs">
        Authorize again
      </ConnectButton>
    );
  }
  if (!problem) return null;
  if (!BY_SLACK.includes(problem.code)) {
    return (
      <Button
        component={Link}
        href={`/notifications?statuses=FAILED&connectionId=${connection.id}`}
        size="xs"
        variant="default"
      >
        See what failed
      </Button>
    );
  }
  if (role !== 'ADMIN') return null;
  return (
    <ConnectButton intent="WORKSPACE" connectionId={connection.id} size="xs">
      Reconnect {connection.team.name}
    </ConnectButton>
  );
}
