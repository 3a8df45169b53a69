import { useQuery } from '@apollo/client/react';
import { Alert, Button, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue, useWindowEvent } from '@mantine/hooks';
import { type ReactNode, useEffect, useEffectEvent } from 'react';
import { PreflightDocument, type PreflightQuery } from '../../generated/graphql.ts';
import { useAttempt } from '../api/attempt.ts';
import { Refused } from '../api/errors.ts';
import { Icon } from '../parts/icons.tsx';
import { Remedy, Trouble } from '../parts/notices.tsx';
import { SlackMessage } from '../parts/slack-message.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { type Draft, inputOf, type Place } from './draft.ts';
import { wordsOfExpected } from './expected.ts';

const TYPING_MS = 350;

interface ProblemsProps {
  readonly found: PreflightQuery['preflight'];
  readonly onAgain: () => void;
  readonly isLooking: boolean;
}

/** What stands in the way. It is mended in Slack or by somebody else, so nothing here changes with it. */
function Problems({ found, onAgain, isLooking }: ProblemsProps): ReactNode {
  useWindowEvent('focus', onAgain);
  return (
    <Stack gap="xs">
      {found.problems.map((problem) => (
        <Remedy key={problem.code} problem={problem} color={found.wouldDeliver ? 'orange' : 'red'} />
      ))}
      <Button size="xs" variant="default" loading={isLooking} onClick={onAgain} style={{ alignSelf: 'flex-start' }}>
        Look again
      </Button>
    </Stack>
  );
}

function Preflight({ draft, onLook }: { draft: Draft; onLook: (found: Place) => void }): ReactNode {
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
  const looking = useAttempt(() => asked.refetch());
  const channel = asked.data?.preflight.channel;
  const tell = useEffectEvent(() => {
    if (channel) onLook({ identityId: settled.identityId, channel });
  });
  useEffect(() => tell(), [channel]);
  if (whole === undefined) {
    return (
      <Text size="sm" c="dimmed">
        Choose who it is from, a channel and a text, and you will know whether it can arrive.
      </Text>
    );
  }
  if (!isSettled || (asked.loading && !asked.data)) {
    // What was found for the words before is no longer said, and what is not found out yet is not either.
    return <Alert color="gray" icon={<Icon name="refresh" />} title="Looking whether it can arrive …" />;
  }
  if (asked.error) return <Trouble error={asked.error} onRetry={() => void looking.go()} />;
  const preflight = asked.data?.preflight;
  if (!preflight) return null;
  if (preflight.wouldDeliver && preflight.problems.length === 0) {
    return (
      <Alert color="green" icon={<Icon name="check" />} title="Ready to send">
        {wordsOfExpected(preflight.expectedDelaySeconds ?? 0, whole.scheduledFor)}
      </Alert>
    );
  }
  return <Problems found={preflight} onAgain={() => void looking.go()} isLooking={looking.busy} />;
}

/** How it will look, and whether it would arrive: before anything is sent. */
export function Preview({
  draft,
  postsAs,
  error,
  onLook,
}: {
  draft: Draft;
  postsAs: string | undefined;
  /** Why it was not sent. */
  error: unknown;
  /** How the place was found in which it is to go. */
  onLook: (found: Place) => void;
}): ReactNode {
  return (
    <Stack gap="sm">
      <Title order={2}>Preview</Title>
      <SlackMessage author={postsAs ?? '…'} text={draft.text} at="now" />
      {error ? <Trouble error={error} /> : null}
      {error instanceof Refused ? null : <Preflight draft={draft} onLook={onLook} />}
    </Stack>
  );
}
