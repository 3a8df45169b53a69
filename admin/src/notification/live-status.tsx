import type { ReactNode } from 'react';
import type { NotificationRowFragment } from '../../generated/graphql.ts';
import { Status } from '../parts/status.tsx';
import { useNotification } from './use-notification.ts';

/** How a notification that was just sent stands, followed until it is at rest. */
export function LiveStatus({ notification }: { notification: NotificationRowFragment }): ReactNode {
  const { detail } = useNotification(notification.id);
  return (
    <span role="status">
      <Status status={detail?.status ?? notification.status} />
    </span>
  );
}
