import { Alert, Button, Center, Group, Loader, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { wordsForReturn } from './install.ts';
import type { useClaim } from './use-claim.ts';

export function Claiming(): ReactNode {
  return (
    <Center py="xl">
      <Group gap="sm" role="status">
        <Loader size="sm" /> <Text>Connecting …</Text>
      </Group>
    </Center>
  );
}

/** Of a trip that was not begun in this tab: whoever was sent here by somebody else must not connect their Slack unasked. */
function ClaimOffered({ onConfirm, onLeave }: { onConfirm: () => void; onLeave: () => void }): ReactNode {
  const { workspaceId, userId } = useWorkspace();
  return (
    <Alert color="orange" title="Connect this Slack?" icon={<Icon name="warning" />} mb="md" role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          You come from Slack, and the trip was not begun in this tab. What you approved there would belong to the
          workspace <b>{workspaceId}</b>, by <b>{userId}</b>. Go on only if that is what you want.
        </Text>
        <Group gap="sm">
          <Button size="xs" onClick={onConfirm}>
            Connect it to {workspaceId}
          </Button>
          <Button size="xs" variant="default" onClick={onLeave}>
            Leave it
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}

/** Of a trip to Slack that has connected nothing, or nothing yet: why, and what to do. */
export function ClaimNotice({ claim }: { claim: ReturnType<typeof useClaim> }): ReactNode {
  const { failed, error, again, confirm, dismiss } = claim;
  return (
    <>
      {confirm ? <ClaimOffered onConfirm={confirm} onLeave={dismiss} /> : null}
      {failed === undefined ? null : (
        <Alert
          color="orange"
          title="Not connected"
          icon={<Icon name="warning" />}
          withCloseButton
          closeButtonLabel="Close"
          onClose={dismiss}
          mb="md"
          role="alert"
        >
          {wordsForReturn(failed)} <code>{failed}</code>
        </Alert>
      )}
      {error ? <Trouble error={error} {...(again ? { onRetry: again } : {})} /> : null}
    </>
  );
}
