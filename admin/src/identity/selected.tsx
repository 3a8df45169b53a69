import { useMutation } from '@apollo/client/react';
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { ClearIdentityDocument, SelectionDocument, type SelectionPartsFragment } from '../../generated/graphql.ts';
import { Icon } from '../parts/icons.tsx';
import { Trouble, UserErrors } from '../parts/notices.tsx';
import { showUndo } from '../parts/undo.tsx';
import { When } from '../parts/time.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { ChannelPicker } from './channel-picker.tsx';
import { nameOf } from './channel-words.ts';
import { useSelectIdentity } from './select-identity.ts';

function useClear(selection: SelectionPartsFragment, select: ReturnType<typeof useSelectIdentity>['select']) {
  const { workspaceId } = useWorkspace();
  const [clear, { loading }] = useMutation(ClearIdentityDocument);
  const run = async (): Promise<void> => {
    const answer = await clear({
      variables: { input: { workspaceId } },
      update: (cache) => {
        cache.writeQuery({ query: SelectionDocument, variables: { workspaceId }, data: { selectedIdentity: null } });
      },
    }).catch(() => undefined);
    if (!answer?.data?.clearIdentity.cleared) return;
    showUndo(
      'Your selection is cleared',
      'What is sent by your selection is refused until you choose again.',
      async () => {
        await select(selection.identity, selection.defaultChannel?.id);
      },
    );
  };
  return { clear: run, isClearing: loading };
}

/** What is selected now, and its default channel. */
export function Selected({ selection }: { selection: SelectionPartsFragment }): ReactNode {
  const { identity, defaultChannel } = selection;
  const { select, errors, error } = useSelectIdentity();
  const { clear, isClearing } = useClear(selection, select);
  const pick = async (channelId: string, name: string): Promise<void> => {
    if (await select(identity, channelId)) notifications.show({ message: `Messages go to ${name} by default.` });
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
          <Button size="xs" variant="subtle" color="gray" loading={isClearing} onClick={() => void clear()}>
            Clear
          </Button>
        </Group>
        {identity.usable ? (
          <ChannelPicker
            key={identity.id}
            identity={identity}
            value={defaultChannel ?? null}
            onPick={(channel) => void pick(channel.id, nameOf(channel))}
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
        <UserErrors errors={errors} />
        {error ? <Trouble error={error} /> : null}
      </Stack>
    </Paper>
  );
}
