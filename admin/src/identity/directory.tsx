import { Group, Loader, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DirectoryPartsFragment } from '../../generated/graphql.ts';
import { When } from '../parts/time.tsx';

function Standing({ directory }: { directory: DirectoryPartsFragment }): ReactNode {
  if (directory.syncing) {
    return (
      <Group gap={6}>
        <Loader size={12} />
        <Text size="xs">
          {directory.complete ? 'Reading the channels again …' : 'Reading the channels from Slack: more will appear …'}
        </Text>
      </Group>
    );
  }
  return (
    <Text size="xs" c="dimmed">
      {directory.complete ? 'The list is complete' : 'The list is not complete'}
      {directory.syncedAt ? (
        <>
          , read <When at={directory.syncedAt} />
        </>
      ) : null}
      .
    </Text>
  );
}

/** Whether the list of channels can be trusted, as of when, and what is missing from it. */
export function Directory({ directory }: { directory: DirectoryPartsFragment | undefined }): ReactNode {
  if (!directory) return null;
  return (
    <div aria-live="polite">
      <Standing directory={directory} />
      {directory.gaps.map((gap) => (
        <Text key={gap} size="xs" className="unsure">
          {gap}
        </Text>
      ))}
    </div>
  );
}
