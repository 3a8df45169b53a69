import { useQuery } from '@apollo/client/react';
import { Alert, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { PreflightDocument, type UserErrorPartsFragment } from '../../generated/graphql.ts';
import { Icon } from '../parts/icons.tsx';
import { Remedy, Trouble, UserErrors } from '../parts/notices.tsx';
import { SlackMessage } from '../parts/slack-message.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Draft, inputOf } from './draft.ts';
import { wordsOfExpected } from './expected.ts';

const TYPING_MS = 350;

function Preflight({ draft }: { draft: Draft }): ReactNode {
  const { workspaceId } = useWorkspace();
  const [settled] = useDebouncedValue(draft, TYPING_MS);
  const whole = inputOf(workspaceId, settled);
  const isSettled = JSON.stringify(whole) === JSON.stringify(inputOf(workspaceId, draft));
  const { idempotencyKey: _key, ...input } = whole ?? { idempotencyKey: '' };
  const asked = useQuery(PreflightDocument, {
    variables: { input: input as NonNullable<typeof whole> },
    skip: whole === undefined,
    fetchPolicy: 'network-only',
  });
  if (whole === undefined) {
    return (
      <Text size="sm" c="dimmed">
        Choose who it is from, a channel and a text, and you will know whether it can arrive.
      </Text>
    );
  }
  if (!isSettled || asked.loading) {
    // What was found for the words before is no longer said, and what is not found out yet is not either.
    return <Alert color="gray" icon={<Icon name="refresh" />} title="Looking whether it can arrive …" />;
  }
  if (asked.error) return <Trouble error={asked.error} onRetry={() => void asked.refetch()} />;
  const preflight = asked.data?.preflight;
  if (!preflight) return null;
  if (preflight.wouldDeliver && preflight.problems.length === 0) {
    return (
      <Alert color="green" icon={<Icon name="check" />} title="Ready to send">
        {wordsOfExpected(preflight.expectedDelaySeconds ?? 0, whole.scheduledFor)}
      </Alert>
    );
  }
  return (
    <Stack gap="xs">
      {preflight.problems.map((problem) => (
        <Remedy key={problem.code} problem={problem} color={preflight.wouldDeliver ? 'orange' : 'red'} />
      ))}
    </Stack>
  );
}

/** How it will look, and whether it would arrive: before anything is sent. */
export function Preview({
  draft,
  postsAs,
  errors,
  error,
}: {
  draft: Draft;
  postsAs: string | undefined;
  errors: readonly UserErrorPartsFragment[];
  error: unknown;
}): ReactNode {
  return (
    <Stack gap="sm">
      <Title order={2}>Preview</Title>
      <SlackMessage author={postsAs ?? '…'} text={draft.text} at="now" />
      <UserErrors errors={errors} />
      {error ? <Trouble error={error} /> : null}
      {errors.length > 0 ? null : <Preflight draft={draft} />}
    </Stack>
  );
}
