import { Alert, Skeleton, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import { ConnectButton } from '../connections/connect-button.tsx';
import { wordsForConnected } from '../connections/install.ts';
import { Heading } from '../parts/heading.tsx';
import { Icon } from '../parts/icons.tsx';
import { Empty, Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { IdentityCard } from './identity-card.tsx';
import { Selected } from './selected.tsx';
import { useIdentities } from './use-identities.ts';

/** Where the trip to Slack ends: what was connected, and what comes next. */
function JustConnected({ hasSelection }: { hasSelection: boolean }): ReactNode {
  const [given, setGiven] = useSearchParams();
  const connected = given.get('connected');
  if (connected === null) return null;
  const close = (): void => setGiven(new URLSearchParams(), { replace: true });
  return (
    <Alert
      color="green"
      icon={<Icon name="check" />}
      mb="md"
      withCloseButton
      closeButtonLabel="Close"
      onClose={close}
      role="status"
      title={wordsForConnected(connected)}
    >
      {hasSelection ? 'Everything is ready to send.' : 'Now choose who you post as.'}
    </Alert>
  );
}

export function IdentityScreen(): ReactNode {
  const { role } = useWorkspace();
  const { identities, selection, error, refetch } = useIdentities();
  return (
    <>
      <Heading title="Identity">
        Who your messages are posted as. Nothing is ever guessed: without a choice, nothing is sent.
      </Heading>
      <JustConnected hasSelection={Boolean(selection?.defaultChannel)} />
      {error ? <Trouble error={error} onRetry={refetch} /> : null}
      <Stack gap="lg">
        {selection ? <Selected selection={selection} /> : null}
        {identities === undefined && !error ? <Skeleton height={140} /> : null}
        {identities?.length === 0 ? (
          <Empty
            icon="identity"
            title="There is nobody to post as yet"
            action={role === 'ADMIN' ? <ConnectButton intent="WORKSPACE">Connect Slack</ConnectButton> : undefined}
          >
            {role === 'ADMIN'
              ? 'Connect a Slack team first: its bot is the first identity.'
              : 'An admin of this workspace connects Slack first.'}
          </Empty>
        ) : null}
        {identities && identities.length > 0 ? (
          <Stack gap="sm">
            <Title order={2}>Available</Title>
            {identities.map((identity) => (
              <IdentityCard key={identity.id} identity={identity} selection={selection} />
            ))}
          </Stack>
        ) : null}
      </Stack>
    </>
  );
}
