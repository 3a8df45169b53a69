import { useQuery } from '@apollo/client/react';
import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import {
  type AuthorizationPartsFragment,
  AuthorizationsDocument,
  type ConnectionPartsFragment,
} from '../../generated/graphql.ts';
import { useAttempt } from '../api/attempt.ts';
import { Remedy, Trouble } from '../parts/notices.tsx';
import { When } from '../parts/time.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ConnectButton } from './connect-button.tsx';
import { ConnectionStatusBadge } from './connection-status.tsx';
import { DisconnectDialog } from './disconnect-dialog.tsx';
import { MendAuthorization } from './mend-connection.tsx';
import { MissingScopes } from './scopes.tsx';

function Person({
  authorization,
  connectionId,
}: {
  authorization: AuthorizationPartsFragment;
  connectionId: string;
}): ReactNode {
  const { userId, role } = useWorkspace();
  const [isEnding, setEnding] = useState(false);
  const isMine = authorization.userId === userId;
  const name = authorization.slackUserName ?? authorization.slackUserId;
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <div>
          <Group gap="xs">
            <Text fw={600}>{name}</Text>
            {authorization.status === 'ACTIVE' ? null : <ConnectionStatusBadge status={authorization.status} />}
          </Group>
          <Text size="sm" c="dimmed">
            {isMine ? 'you' : authorization.userId} · authorized <When at={authorization.connectedAt} />
          </Text>
        </div>
        {authorization.status === 'DISCONNECTED' || role === 'SERVICE' ? null : (
          <Button
            size="xs"
            variant="subtle"
            color="red"
            onClick={() => setEnding(true)}
            aria-label={`Disconnect ${name} …`}
          >
            Disconnect …
          </Button>
        )}
      </Group>
      {authorization.problem ? (
        <Remedy
          problem={authorization.problem}
          action={<MendAuthorization problem={authorization.problem} connectionId={connectionId} isMine={isMine} />}
        />
      ) : null}
      {authorization.status === 'DISCONNECTED' ? null : <MissingScopes missing={authorization.missingScopes} />}
      <DisconnectDialog
        opened={isEnding}
        onClose={() => setEnding(false)}
        target={{ id: authorization.id, name, kind: 'authorization', connectionId }}
      />
    </Stack>
  );
}

/** Who posts as themself through this connection: everybody for an admin, else only the reader. */
export function Authorizations({ connection }: { connection: ConnectionPartsFragment }): ReactNode {
  const { role } = useWorkspace();
  const { data, error, fetchMore } = useQuery(AuthorizationsDocument, { variables: { connectionId: connection.id } });
  const page = data?.connection?.authorizations;
  const people = page?.nodes.filter(({ status }) => status !== 'DISCONNECTED') ?? [];
  const more = useAttempt(() =>
    fetchMore({
      variables: { after: page?.pageInfo.endCursor ?? null },
      updateQuery: (before, { fetchMoreResult: { connection: next } }) => {
        if (!before.connection || !next) return before;
        const nodes = [...before.connection.authorizations.nodes, ...next.authorizations.nodes];
        return { ...before, connection: { ...next, authorizations: { ...next.authorizations, nodes } } };
      },
    }),
  );
  const isJoinable = connection.status === 'ACTIVE' && role !== 'SERVICE';
  const mine = connection.myAuthorization;
  return (
    <Stack gap="sm">
      <Title order={3}>People who post as themselves</Title>
      {error ? <Trouble error={error} /> : null}
      {people.map((authorization) => (
        <Person key={authorization.id} authorization={authorization} connectionId={connection.id} />
      ))}
      {more.error ? (
        <Trouble error={more.error} onRetry={() => void more.go()} />
      ) : page?.pageInfo.hasNextPage ? (
        <Button variant="default" size="xs" loading={more.busy} onClick={() => void more.go()}>
          Show more
        </Button>
      ) : null}
      {isJoinable && (!mine || mine.status === 'DISCONNECTED') ? (
        <Group gap="sm">
          <ConnectButton intent="PERSONAL" connectionId={connection.id} variant="default" size="xs">
            Authorize yourself
          </ConnectButton>
          <Text size="sm" c="dimmed">
            Then messages can be posted under your own name.
          </Text>
        </Group>
      ) : null}
    </Stack>
  );
}
