import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConnectionPartsFragment } from '../../generated/graphql.ts';
import { MendConnection } from '../connections/mend-connection.tsx';
import { Remedy } from '../parts/notices.tsx';

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
            action={<MendConnection connection={connection} />}
          />
        ) : null;
      })}
    </Stack>
  );
}
