import { Badge } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConnectionStatus } from '../../generated/graphql.ts';

const SHOWN: Readonly<Record<ConnectionStatus, readonly [colour: string, words: string]>> = {
  ACTIVE: ['green', 'Active'],
  NEEDS_REAUTHORIZATION: ['red', 'Needs reauthorization'],
  DISCONNECTED: ['gray', 'Disconnected'],
};

export function ConnectionStatusBadge({ status }: { status: ConnectionStatus }): ReactNode {
  const [color, words] = SHOWN[status];
  return (
    <Badge color={color} variant="light" tt="none" className="tone">
      {words}
    </Badge>
  );
}
