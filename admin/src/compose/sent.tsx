import { Anchor, Button, Group, Paper, Stack, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import type { DeliveryStatus, NotificationRowFragment } from '../../generated/graphql.ts';
import { Mend } from '../notification/mend.tsx';
import { Progress } from '../notification/progress.tsx';
import { useNotification } from '../notification/use-notification.ts';
import { page } from '../page.ts';
import { Icon } from '../parts/icons.tsx';
import { Remedy } from '../parts/notices.tsx';
import { Status } from '../parts/status.tsx';

const titleOf = (status: DeliveryStatus): string => {
  switch (status) {
    case 'DELIVERED':
      return 'It is there';
    case 'FAILED':
      return 'It did not arrive';
    case 'CANCELED':
      return 'It was canceled';
    case 'UNCONFIRMED':
      return 'Nobody knows whether it is there';
    default:
      return 'On its way';
  }
};

interface OnItsWay {
  readonly notification: NotificationRowFragment;
  readonly onAnother: () => void;
  readonly onAgain: () => void;
}

/** The message on its way, live. */
export function Sent({ notification, onAnother, onAgain }: OnItsWay): ReactNode {
  const { detail } = useNotification(notification.id);
  const status = detail?.status ?? notification.status;
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that sent it cannot be pressed any more: the focus goes to what came of it instead of nowhere.
  useEffect(() => heading.current?.focus(), [notification.id]);
  return (
    <Paper withBorder p="md" role="region" aria-label="On its way">
      <Stack gap="md">
        <Group justify="space-between" role="status">
          <Title order={2} ref={heading} tabIndex={-1}>
            {titleOf(status)}
          </Title>
          <Status status={status} />
        </Group>
        {detail ? <Progress detail={detail} /> : null}
        {detail?.failure ? <Remedy problem={detail.failure} action={<Mend detail={detail} />} /> : null}
        <Group gap="sm">
          {detail?.permalink ? (
            <Button
              component="a"
              href={detail.permalink}
              target="_blank"
              rel="noreferrer"
              variant="light"
              rightSection={<Icon name="external" size={16} />}
            >
              {page.simulatedSlackUrl === undefined ? 'Open in Slack' : 'See it in the simulated Slack'}
            </Button>
          ) : null}
          {status === 'FAILED' ? (
            <Button onClick={onAgain}>Change it and send again</Button>
          ) : (
            <Button variant="default" onClick={onAnother}>
              Write another
            </Button>
          )}
          <Anchor component={Link} href={`/notifications?n=${notification.id}`} size="sm">
            All details
          </Anchor>
        </Group>
      </Stack>
    </Paper>
  );
}
