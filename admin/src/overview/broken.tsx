import { Button, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ConnectionPartsFragment } from '../../generated/graphql.ts';
import { ConnectButton } from '../connections/connect-button.tsx';
import { Remedy } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';

function Mend({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const isPersonal = connection.status === 'ACTIVE';
  if (isPersonal || role === 'ADMIN') {
    return (
      <ConnectButton intent={isPersonal ? 'PERSONAL' : 'WORKSPACE'} connectionId={connection.id} size="xs">
        {isPersonal ? 'Authorize again' : `Reconnect ${connection.team.name}`}
      </ConnectButton>
    );
  }
  return (
    <Button component={Link} href="/connections" size="xs" variant="default">
      Go to the connections
    </Button>
  );
}

/** Broken connections, each with the one action that mends it. */
export function Broken({ connections }: { connections: readonly ConnectionPartsFragment[] }): ReactNode {
  return (
    <Stack gap="xs" component="section" aria-label="Broken connections">
      {connections.map((connection) => {
        const problem = connection.problem ?? connection.myAuthorization?.problem;
        return problem ? (
          <Remedy
            key={connection.id}
            problem={{ ...problem, message: `${connection.team.name}: ${problem.message}` }}
            action={<Mend connection={connection} />}
          />
        ) : null;
      })}
    </Stack>
  );
}
