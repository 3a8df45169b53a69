import { Alert, Box, Drawer, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { takeLostFocus } from '../parts/focus.ts';
import { Remedy, Trouble } from '../parts/notices.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';
import { placeOf } from '../parts/words.ts';
import { Actions } from './actions.tsx';
import { DialogAbove } from './escape.ts';
import { Facts } from './facts.tsx';
import { Mend } from './mend.tsx';
import { Message } from './message.tsx';
import { Progress } from './progress.tsx';
import { type Detail, useNotification } from './use-notification.ts';

function Whole({ detail }: { detail: Detail }): ReactNode {
  const { failure, status } = detail;
  const state = useRef<HTMLDivElement>(null);
  // What a person may do changes with it: the button that they pressed may have gone.
  useEffect(() => takeLostFocus(state.current), [status]);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-start" gap="sm">
        <div>
          <Box role="status" ref={state} tabIndex={-1} w="fit-content">
            <Status status={status} />
          </Box>
          <Text size="sm" c="dimmed">
            {detail.postedAs ?? 'nobody'} → {placeOf(detail)}
            {detail.team ? ` in ${detail.team.name}` : ''} · <When at={detail.createdAt} />
            {detail.isTest ? ' · test' : ''}
          </Text>
        </div>
        <Actions detail={detail} />
      </Group>
      {failure ? (
        <Remedy
          problem={failure}
          color={status === 'FAILED' ? 'red' : status === 'CANCELED' ? 'gray' : 'orange'}
          action={<Mend detail={detail} />}
        />
      ) : null}
      <Stack gap="sm">
        <Title order={3}>What happened</Title>
        <Progress detail={detail} />
      </Stack>
      <Message detail={detail} />
      <Facts detail={detail} />
    </Stack>
  );
}

function Content({ id }: { id: string }): ReactNode {
  const { detail, error, refetch } = useNotification(id);
  if (error && !detail) return <Trouble error={error} onRetry={refetch} />;
  if (detail === undefined) {
    return (
      <SimpleGrid role="status" aria-label="Loading">
        <Skeleton height={60} />
        <Skeleton height={120} />
        <Skeleton height={160} />
      </SimpleGrid>
    );
  }
  if (detail === null) {
    return (
      <Alert color="gray" title="There is no such notification">
        It does not exist, or you may not see it.
      </Alert>
    );
  }
  return (
    <Stack gap="lg">
      {error ? <Trouble error={error} onRetry={refetch} /> : null}
      <Whole detail={detail} />
    </Stack>
  );
}

/** Why did it not arrive? One notification, with everything that can be done about it. */
export function NotificationDrawer({ id, onClose }: { id: string | null; onClose: () => void }): ReactNode {
  const [hasDialogAbove, setDialogAbove] = useState(false);
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title="Notification"
      closeButtonProps={{ 'aria-label': 'Close' }}
      className="drawer"
      closeOnEscape={!hasDialogAbove}
    >
      <DialogAbove value={setDialogAbove}>{id === null ? null : <Content key={id} id={id} />}</DialogAbove>
    </Drawer>
  );
}
