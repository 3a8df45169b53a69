import { useMutation } from '@apollo/client/react';
import { Button, Group, List, Modal, Radio, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import {
  ConnectionsDocument,
  DisconnectDocument,
  IdentitiesDocument,
  type QueuedOnDisconnect,
  SelectionDocument,
} from '../../generated/graphql.ts';
import { Trouble, UserErrors } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { plural, useConsequences } from './consequences.ts';

interface Target {
  readonly id: string;
  readonly name: string;
  readonly kind: 'connection' | 'authorization';
  readonly connectionId: string;
}

interface Dialog {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly target: Target;
}

function Consequences({ target, queued, people }: { target: Target; queued: string; people: number }): ReactNode {
  return (
    <List size="sm" spacing={4}>
      <List.Item>
        <b>{queued}</b> still waiting.
      </List.Item>
      {target.kind === 'connection' && people > 0 ? (
        <List.Item>
          <b>{plural(people, 'person', 'people')}</b> who {people === 1 ? 'posts' : 'post'} as themselves must authorize
          again.
        </List.Item>
      ) : null}
      <List.Item>Whoever has selected it as who they post as must choose anew.</List.Item>
      <List.Item>Its tokens are wiped here and revoked at Slack. The history stays.</List.Item>
    </List>
  );
}

function useDisconnect(target: Target, onDone: () => void) {
  const variables = { workspaceId: useWorkspace().workspaceId };
  const [run, { loading, error, data }] = useMutation(DisconnectDocument, {
    refetchQueries: [
      { query: ConnectionsDocument, variables },
      { query: IdentitiesDocument, variables },
      { query: SelectionDocument, variables },
    ],
  });
  const disconnect = async (queued: QueuedOnDisconnect): Promise<void> => {
    const answer = await run({ variables: { input: { id: target.id, queued } } }).catch(() => undefined);
    const payload = answer?.data?.disconnect;
    if (!payload || payload.userErrors.length > 0) return;
    const facts = [
      `${plural(payload.canceledNotifications, 'notification', 'notifications')} canceled`,
      `${plural(payload.clearedIdentities, 'selection', 'selections')} cleared`,
      payload.revokedAtSlack === false ? 'Slack could not be reached yet: the revocation is retried' : '',
    ];
    notifications.show({ title: `${target.name} is disconnected`, message: facts.filter(Boolean).join(' · ') });
    onDone();
  };
  return { disconnect, loading, error, errors: data?.disconnect.userErrors ?? [] };
}

/** Ends a connection or an authorization, after its consequences were counted. */
export function DisconnectDialog({ opened, onClose, target }: Dialog): ReactNode {
  const [queuedChoice, setQueuedChoice] = useState<QueuedOnDisconnect>('CANCEL');
  const { waiting, isMore, people, isCounting } = useConsequences(target, opened);
  const { disconnect, loading, error, errors } = useDisconnect(target, onClose);
  const cancels = waiting > 0 && queuedChoice === 'CANCEL';
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Disconnect ${target.name}?`}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        <Text size="sm">{isCounting ? 'Counting what depends on it …' : 'What depends on it now:'}</Text>
        {isCounting ? null : (
          <Consequences
            target={target}
            queued={plural(waiting, 'notification is', 'notifications are', isMore)}
            people={people}
          />
        )}
        {waiting > 0 ? (
          <Radio.Group label="What is still waiting" value={queuedChoice} onChange={setQueuedChoice}>
            <Stack gap={6} mt={6}>
              <Radio value="CANCEL" label="is canceled with it" />
              <Radio value="REFUSE" label="keeps it connected: do nothing while something is waiting" />
            </Stack>
          </Radio.Group>
        ) : null}
        <UserErrors errors={errors} />
        {error ? <Trouble error={error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button color="red.9" loading={loading} disabled={isCounting} onClick={() => void disconnect(queuedChoice)}>
            {cancels ? `Disconnect and cancel ${waiting}${isMore ? '+' : ''}` : 'Disconnect'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
