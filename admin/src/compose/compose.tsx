import { useApolloClient } from '@apollo/client/react';
import { Grid, Skeleton, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useSearchParams } from 'wouter';
import {
  type IdentityPartsFragment,
  type NotificationRowFragment,
  SendNotificationDocument,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { ConnectButton } from '../connections/connect-button.tsx';
import { IdentityCard } from '../identity/identity-card.tsx';
import { useIdentities } from '../identity/use-identities.ts';
import { useChange } from '../parts/change.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Trouble } from '../parts/notices.tsx';
import { useIsShown } from '../parts/shown.ts';
import { useKeptEdits } from '../shell/kept-edits.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { useWrittenAgain } from './again.ts';
import { ComposeForm } from './compose-form.tsx';
import { asLooked, type Draft, inputOf, newDraft, newKey, type Place } from './draft.ts';
import { Preview } from './preview.tsx';
import { Sent } from './sent.tsx';
import { useStart } from './start.ts';

const NOTHING: Partial<Draft> = {};
const FIRST_WORDS = 'Hello from *Heliograph*! This message tells you every step of its way.';

function useSend(workspaceId: string, draft: Draft, onSent: (sent: Draft) => void) {
  const client = useApolloClient();
  const [sent, setSent] = useState<NotificationRowFragment>();
  // A changed message is another one, and has another key: what came of an earlier one says nothing about it.
  const about = draft.idempotencyKey;
  const isShown = useIsShown(about);
  const { go, busy, error } = useChange(about);
  const send = async (): Promise<void> => {
    const input = inputOf(workspaceId, draft);
    if (!input) return;
    const { data } = await client.mutate({ mutation: SendNotificationDocument, variables: { input } });
    // A refusal that was recorded is in the history; here its remedy is enough.
    const { notification } = done(data?.sendNotification);
    if (!notification) return;
    onSent(draft);
    if (isShown()) setSent(notification);
    else notifications.show({ title: 'Your message is accepted', message: 'The history shows what becomes of it.' });
  };
  return { send: () => void go('Send', send), sent, error, isSending: busy, forget: () => setSent(undefined) };
}

/** Why none of those who are there can be posted as, each with what mends it. */
function NobodyUsable({ identities }: { identities: readonly IdentityPartsFragment[] }): ReactNode {
  return (
    <Stack component="section" aria-label="Nobody can be posted as now" gap="sm" mb="lg">
      <Text>Nobody can be posted as now; this is why, and what mends it.</Text>
      {identities.map((identity) => (
        <IdentityCard key={identity.id} identity={identity} selection={undefined} />
      ))}
    </Stack>
  );
}

function NobodyToPostAs({ isAdmin }: { isAdmin: boolean }): ReactNode {
  return (
    <Empty
      icon="compose"
      title="There is nobody to post as yet"
      action={isAdmin ? <ConnectButton intent="WORKSPACE">Connect Slack</ConnectButton> : undefined}
    >
      {isAdmin
        ? 'Connect a Slack team first: then its bot can post.'
        : 'An admin of this workspace connects Slack first.'}
    </Empty>
  );
}

/** What is there instead of the form, or above it, while nobody can be posted as. */
function WhyNobody({ identities, selection, error, refetch }: ReturnType<typeof useIdentities>): ReactNode {
  const { role } = useWorkspace();
  const isRead = identities !== undefined && selection !== undefined;
  const isNobodyUsable = identities && identities.length > 0 && !identities.some(({ usable }) => usable);
  return (
    <>
      {error ? <Trouble error={error} onRetry={refetch} /> : null}
      {isRead || error ? null : <Skeleton height={320} />}
      {isRead && identities.length === 0 ? <NobodyToPostAs isAdmin={role === 'ADMIN'} /> : null}
      {isNobodyUsable ? <NobodyUsable identities={identities} /> : null}
    </>
  );
}

function WritingAgain({ id }: { id: string }): ReactNode {
  const { draft, hadBlocks, error, refetch } = useWrittenAgain(id);
  if (draft !== undefined) return <Writing name={id} begun={draft} isWithoutBlocks={hadBlocks} />;
  return (
    <>
      <Heading title="Compose" />
      {error ? <Trouble error={error} onRetry={refetch} /> : <Skeleton height={320} />}
    </>
  );
}

export function Compose(): ReactNode {
  const [address] = useSearchParams();
  const again = address.get('again');
  return again === null ? <Writing key="new" name="new" begun={NOTHING} /> : <WritingAgain key={again} id={again} />;
}

function WithoutBlocks(): ReactNode {
  return (
    <Text size="sm" mb="sm" role="note">
      It had blocks, which cannot be written here: only its text is taken along.
    </Text>
  );
}

interface Begun {
  readonly name: string;
  readonly begun: Partial<Draft>;
  readonly isWithoutBlocks?: boolean;
}

function Writing({ name, begun, isWithoutBlocks = false }: Begun): ReactNode {
  const { workspaceId } = useWorkspace();
  const who = useIdentities();
  const { identities, selection } = who;
  const start = useStart(who);
  const [looked, setLooked] = useState<Place>();
  const { edits, keep, drop } = useKeptEdits(name, begun);
  const [blank, setBlank] = useState(() => newDraft(FIRST_WORDS));
  const usable = identities?.filter((identity) => identity.usable) ?? [];
  const draft: Draft = { ...blank, ...start, ...edits };
  const { send, sent, error, isSending, forget } = useSend(workspaceId, draft, drop);
  const identity = usable.find(({ id }) => id === draft.identityId);
  const writeAnother = (): void => {
    setBlank(newDraft(''));
    keep({ ...edits, text: '', scheduledFor: '', idempotencyKey: newKey() });
    forget();
  };
  // Kept before it is asked for: after an answer that was lost it must be asked for again by the same key.
  const submit = (): void => {
    keep(draft);
    send();
  };
  // A changed message is another message: its key must not bind it to what was sent before.
  const change = (changes: Partial<Draft>): void => {
    if (isSending) return;
    keep({ ...start, ...edits, ...changes, idempotencyKey: newKey() });
    forget();
  };
  return (
    <>
      <Heading title="Compose">
        Write a message, see what it looks like, and know that it will arrive before you send it.
      </Heading>
      {isWithoutBlocks ? <WithoutBlocks /> : null}
      <WhyNobody {...who} />
      {selection !== undefined && identities && identities.length > 0 ? (
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, md: 6 }}>
            <ComposeForm
              draft={asLooked(draft, looked)}
              identities={usable}
              identity={identity}
              onChange={change}
              onSend={submit}
              isSending={isSending}
              isSent={sent !== undefined}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 6 }}>
            {sent ? (
              <Sent notification={sent} onAnother={writeAnother} onAgain={() => change({})} />
            ) : (
              <Preview draft={draft} postsAs={identity?.postsAs} error={error} onLook={setLooked} />
            )}
          </Grid.Col>
        </Grid>
      ) : null}
    </>
  );
}
