import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ConnectionPartsFragment, ProblemPartsFragment } from '../../generated/graphql.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ConnectButton } from './connect-button.tsx';
import { mendingOf } from './mending.ts';

function SeeWhatFailed({ connectionId }: { connectionId: string }): ReactNode {
  const href = `/notifications?statuses=FAILED&connectionId=${connectionId}`;
  return (
    <Button component={Link} href={href} size="xs" variant="default">
      See what failed
    </Button>
  );
}

interface OfPerson {
  readonly problem: ProblemPartsFragment;
  readonly connectionId: string;
  /** Nobody authorizes for somebody else. */
  readonly isMine: boolean;
}

/** The one action that mends the problem of a person's authorization. */
export function MendAuthorization({ problem, connectionId, isMine }: OfPerson): ReactNode {
  if (mendingOf(problem) === 'look at what failed') return <SeeWhatFailed connectionId={connectionId} />;
  if (!isMine) return null;
  return (
    <ConnectButton intent="PERSONAL" connectionId={connectionId} size="xs">
      Authorize again
    </ConnectButton>
  );
}

/** The one action that mends a connection's problem, or else one's own authorization's. */
export function MendConnection({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const { id, problem, myAuthorization, team } = connection;
  if (!problem) {
    const own = myAuthorization?.problem;
    return own ? <MendAuthorization problem={own} connectionId={id} isMine /> : null;
  }
  if (mendingOf(problem) === 'look at what failed') return <SeeWhatFailed connectionId={id} />;
  if (role !== 'ADMIN') return null;
  return (
    <ConnectButton intent="WORKSPACE" connectionId={id} size="xs">
      Reconnect {team.name}
    </ConnectButton>
  );
}
