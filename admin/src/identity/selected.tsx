import { useApolloClient } from '@apollo/client/react';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import {
  type ChannelPartsFragment,
  ClearIdentityDocument,
  SelectionDocument,
  type SelectionPartsFragment,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { useChange } from '../parts/change.ts';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { showUndo } from '../parts/undo.tsx';
import { When } from '../parts/time.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ChannelPicker } from './channel-picker.tsx';
import { nameOf } from './channel-words.ts';
import { useSelectIdentity } from './select-identity.ts';

function useClear(selection: SelectionPartsFragment) {
  const { workspaceId } = useWorkspace();
  const client = useApolloClient();
  const select = useSelectIdentity();
  const clear = async (): Promise<void> => {
    const { data } = await client.mutate({
      mutation: ClearIdentityDocument,
      variables: { input: { workspaceId } },
      update: (cache, answer) => {
        if (answer.data?.clearIdentity.userErrors.length !== 0) return;
        cache.writeQuery({ query: SelectionDocument, variables: { workspaceId }, data: { selectedIdentity: null } });
      },
    });
    if (!done(data?.clearIdentity).cleared) return;
    showUndo('Your selection is cleared', 'What is sent by your selection is refused until you choose again.', () =>
      select(selection.identity, selection.defaultChannel?.id),
    );
  };
  const { go, busy, error } = useChange();
  return { clear: () => void go('Clear', clear), isClearing: busy, error };
}

/** What is selected now, and its default channel. */
export function Selected({ selection }: { selection: SelectionPartsFragment }): ReactNode {
  const { identity, defaultChannel } = selection;
  const select = useSelectIdentity();
  const { clear, isClearing, error: clearError } = useClear(selection);
  const picking = useChange();
  const pick = async (channel: ChannelPartsFragment): Promise<void> => {
    await select(identity, channel.id);
    notifications.show({ message: `Messages go to ${nameOf(channel)} by default.` });
  };
  return (
    <Paper withBorder p="md" component="section" aria-label="Your selection">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <div>
            <Title order={2}>You post as {identity.postsAs}</Title>
            <Text size="sm" c="dimmed">
              in {identity.connection.team.name}, selected <When at={selection.selectedAt} />
            </Text>
          </div>
          <Button size="xs" variant="subtle" color="gray" loading={isClearing} onClick={clear}>
            Clear
          </Button>
        </Group>
        {identity.usable ? (
          <ChannelPicker
            key={identity.id}
            identity={identity}
            value={defaultChannel ?? null}
            onPick={(channel) =>
              void picking.go(`Post as ${identity.postsAs} in ${nameOf(channel)}`, () => pick(channel))
            }
            label="Default channel"
            description="Where messages go that name no channel of their own."
            autoFocus={!defaultChannel}
          />
        ) : null}
        {defaultChannel && identity.usable ? (
          <Group>
            <Button component={Link} href="/compose" leftSection={<Icon name="compose" size={16} />}>
              Write a message
            </Button>
          </Group>
        ) : null}
        {picking.error ? <Trouble error={picking.error} /> : null}
        {clearError ? <Trouble error={clearError} onRetry={clear} /> : null}
      </Stack>
    </Paper>
  );
}
