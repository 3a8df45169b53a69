import { Alert, Center, Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from '../parts/icons.tsx';
import { Trouble, UserErrors } from '../parts/notices.tsx';
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

/** What came of the trip to Slack where nothing was connected. */
export function ClaimFailed({ claim }: { claim: ReturnType<typeof useClaim> }): ReactNode {
  const { failed, errors, error, again, dismiss } = claim;
  return (
    <>
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
      <UserErrors errors={errors} />
    </>
  );
}
