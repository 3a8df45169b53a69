import { useApolloClient, useQuery } from '@apollo/client/react';
import { Alert, Anchor, Button, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import {
  type ChannelPartsFragment,
  type NotificationRowFragment,
  PreviewEventDocument,
  type PreviewEventQuery,
  TestEventDocument,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { ChannelPicker } from '../identity/channel-picker.tsx';
import { useIdentities } from '../identity/use-identities.ts';
import { LiveStatus } from '../notification/live-status.tsx';
import { useChange } from '../parts/change.ts';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { SlackMessage } from '../parts/slack-message.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { contextOf, type Draft } from './draft.ts';

const TYPING_MS = 350;

/** Sends the saved sample, marked as a test, to a channel of one's own choice. */
function TestSend({ eventType }: { eventType: string }): ReactNode {
  const { workspaceId } = useWorkspace();
  const { identities, selection } = useIdentities();
  const [picked, setPicked] = useState<ChannelPartsFragment>();
  const client = useApolloClient();
  const [sent, setSent] = useState<NotificationRowFragment | null>();
  const { go, busy, error } = useChange();
  const identity = selection?.identity.usable === true ? selection.identity : identities?.find(({ usable }) => usable);
  if (!identity) {
    return (
      <Text size="sm" c="dimmed">
        To send a test,{' '}
        <Anchor component={Link} href="/identity">
          choose who you post as
        </Anchor>{' '}
        first.
      </Text>
    );
  }
  const channel = picked ?? (selection?.identity.id === identity.id ? selection.defaultChannel : null) ?? null;
  const send = async (): Promise<void> => {
    if (!channel) return;
    setSent(undefined);
    const input = { workspaceId, eventType, sender: { identityId: identity.id }, channelId: channel.id };
    const { data } = await client.mutate({ mutation: TestEventDocument, variables: { input } });
    setSent(done(data?.testEvent).notification);
  };
  return (
    <Stack gap="sm">
      <ChannelPicker identity={identity} value={channel} onPick={setPicked} label={`Channel, as ${identity.postsAs}`} />
      <Group gap="sm">
        <Button
          variant="default"
          loading={busy}
          disabled={!channel}
          onClick={() => void go('Send a test', send)}
          leftSection={<Icon name="send" size={16} />}
        >
          Send a test
        </Button>
        {sent ? (
          <Group gap={6}>
            <LiveStatus key={sent.id} notification={sent} />
            <Anchor component={Link} href={`/notifications?n=${sent.id}`} size="sm">
              See it
            </Anchor>
          </Group>
        ) : null}
      </Group>
      {error ? <Trouble error={error} /> : null}
    </Stack>
  );
}

function Rendered({ text, missing, usedFallback }: PreviewEventQuery['previewEvent']): ReactNode {
  return (
    <>
      <SlackMessage author="Heliograph" text={text} at="with the sample context" />
      {missing.length > 0 ? (
        <Alert
          color="orange"
          icon={<Icon name="warning" />}
          title={usedFallback ? 'The fallback is used' : 'Placeholders are missing'}
        >
          The context lacks{' '}
          {missing.map((name) => (
            <Code key={name} mr={4}>
              {name}
            </Code>
          ))}
        </Alert>
      ) : null}
    </>
  );
}

/** What a trigger would say, while one types. */
export function EventPreview({
  draft,
  isSaved,
  previewAs,
}: {
  draft: Draft;
  isSaved: boolean;
  previewAs: string | undefined;
}): ReactNode {
  const { workspaceId } = useWorkspace();
  const [settled] = useDebouncedValue(draft, TYPING_MS);
  const context = contextOf(settled.context);
  const { template, fallback } = settled;
  const { data, previousData, error } = useQuery(PreviewEventDocument, {
    variables: {
      input: { workspaceId, eventType: previewAs ?? '', template, fallback, context: context ?? {} },
    },
    skip: context === undefined || previewAs === undefined,
    fetchPolicy: 'network-only',
  });
  const isLegible = contextOf(draft.context) !== undefined;
  // What was rendered before says nothing of what is typed while nothing can be.
  const rendered = isLegible ? (data ?? previousData)?.previewEvent : undefined;
  return (
    <Stack gap="lg">
      <Stack gap="sm">
        <Title order={2}>Preview</Title>
        {error && isLegible ? <Trouble error={error} /> : null}
        {isLegible ? null : (
          <Text size="sm" c="dimmed">
            The sample context is not a JSON object: there is nothing to fill the template with.
          </Text>
        )}
        {rendered && !error ? <Rendered {...rendered} /> : null}
      </Stack>
      {isSaved ? (
        <Paper withBorder p="md" component="section" aria-label="Test">
          <Stack gap="sm">
            <Title order={2}>Test</Title>
            <TestSend eventType={settled.key} />
          </Stack>
        </Paper>
      ) : (
        <Text size="sm" c="dimmed">
          Save it to send a test: a test sends what is saved.
        </Text>
      )}
    </Stack>
  );
}
