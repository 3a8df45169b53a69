import { Button, Group, Loader, Text } from '@mantine/core';
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
export function Directory({
  directory,
  onReadAgain,
}: {
  directory: DirectoryPartsFragment | undefined;
  onReadAgain: () => void;
}): ReactNode {
  if (!directory) return null;
  return (
    <div aria-live="polite">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Standing directory={directory} />
        {directory.syncing ? null : (
          // Focus must stay in the search field, or the list would close.
          <Button
            size="compact-xs"
            variant="subtle"
            onMouseDown={(event) => event.preventDefault()}
            onClick={onReadAgain}
          >
            Read again
          </Button>
        )}
      </Group>
      {directory.gaps.map((gap) => (
        <Text key={gap} size="xs" className="unsure">
          {gap}
        </Text>
      ))}
    </div>
  );
}
