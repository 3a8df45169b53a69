import { useApolloClient } from '@apollo/client/react';
import { Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import {
  ConnectionsDocument,
  DisconnectDocument,
  IdentitiesDocument,
  type QueuedOnDisconnect,
  SelectionDocument,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { useChange } from '../parts/change.ts';
import { headingOfPage, takeLostFocus } from '../parts/focus.ts';
import { Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Consequences as Found, plural, type Target, useConsequences } from './consequences.ts';

interface Dialog {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly target: Target & { readonly name: string };
}

function Consequences({ found }: { found: Found }): ReactNode {
  const { waiting, people } = found;
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        <b>{plural(waiting.count, 'notification is', 'notifications are', waiting.isMore)}</b> still waiting.
      </List.Item>
      {people.count > 0 ? (
        <List.Item>
          <b>{plural(people.count, 'person', 'people', people.isMore)}</b> who {people.count === 1 ? 'posts' : 'post'}{' '}
          as themselves must authorize again.
        </List.Item>
      ) : null}
      <List.Item>Whoever has selected it as who they post as must choose anew.</List.Item>
      <List.Item>Its tokens are wiped here and revoked at Slack. The history stays.</List.Item>
    </List>
  );
}

function useDisconnect(target: Dialog['target'], onDone: () => void) {
  const variables = { workspaceId: useWorkspace().workspaceId };
  const client = useApolloClient();
  const { go, busy, error } = useChange();
  const disconnect = async (queued: QueuedOnDisconnect): Promise<void> => {
    const { data } = await client.mutate({
      mutation: DisconnectDocument,
      variables: { input: { id: target.id, queued } },
      refetchQueries: [
        { query: ConnectionsDocument, variables },
        { query: IdentitiesDocument, variables },
        { query: SelectionDocument, variables },
      ],
    });
    const payload = done(data?.disconnect);
    const facts = [
      `${plural(payload.canceledNotifications, 'notification', 'notifications')} canceled`,
      `${plural(payload.clearedIdentities, 'selection', 'selections')} cleared`,
      payload.revokedAtSlack === false ? 'Slack could not be reached yet: the revocation is retried' : '',
    ];
    notifications.show({ title: `${target.name} is disconnected`, message: facts.filter(Boolean).join(' · ') });
    onDone();
  };
  return {
    disconnect: (queued: QueuedOnDisconnect) => void go(`Disconnect ${target.name}`, () => disconnect(queued)),
    busy,
    error,
  };
}

/** What becomes of what waits. Asked whatever was counted: more may be accepted before the click. */
function Waiting({
  choice,
  onChoose,
}: {
  choice: QueuedOnDisconnect;
  onChoose: (choice: QueuedOnDisconnect) => void;
}): ReactNode {
  return (
    <Radio.Group label="What is still waiting" value={choice} onChange={onChoose}>
      <Stack gap={6} mt={6}>
        <Radio value="CANCEL" label="is canceled with it" />
        <Radio value="REFUSE" label="keeps it connected: do nothing while something is waiting" />
      </Stack>
    </Radio.Group>
  );
}

const wordsOf = (found: Found | undefined, choice: QueuedOnDisconnect): string => {
  if (choice !== 'CANCEL' || !found || found.waiting.count === 0) return 'Disconnect';
  const { count, isMore } = found.waiting;
  return `Disconnect and cancel ${count.toLocaleString('en')}${isMore ? '+' : ''}`;
};

/** Is there as long as the dialog is open: what was refused when it was open the last time is no news. */
function Asked({ onClose, onConfirm, target }: Omit<Dialog, 'opened'> & { onConfirm: () => void }): ReactNode {
  const [choice, setChoice] = useState<QueuedOnDisconnect>('CANCEL');
  const { found, error: countError, countAgain } = useConsequences(target);
  const { disconnect, busy, error } = useDisconnect(target, onClose);
  const isCounting = !found && !countError;
  const confirm = (): void => {
    onConfirm();
    disconnect(choice);
  };
  return (
    <Stack>
      <Text size="sm">
        {isCounting
          ? 'Counting what depends on it …'
          : found
            ? 'What depends on it now:'
            : 'What depends on it is not known.'}
      </Text>
      {found ? <Consequences found={found} /> : null}
      {countError ? <Trouble error={countError} onRetry={countAgain} /> : null}
      {isCounting ? null : <Waiting choice={choice} onChoose={setChoice} />}
      {error ? <Trouble error={error} /> : null}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep it
        </Button>
        <Button color="red.9" loading={busy} disabled={isCounting} onClick={confirm}>
          {wordsOf(found, choice)}
        </Button>
      </Group>
    </Stack>
  );
}

/** Ends a connection or an authorization, after its consequences were counted. */
export function DisconnectDialog({ opened, onClose, target }: Dialog): ReactNode {
  const isConfirmed = useRef(false);
  // What was disconnected goes from the page, and takes along all of its buttons.
  useEffect(
    () => () => {
      if (isConfirmed.current) takeLostFocus(headingOfPage());
    },
    [],
  );
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Disconnect ${target.name}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Asked onClose={onClose} onConfirm={() => (isConfirmed.current = true)} target={target} />
    </Modal>
  );
}
