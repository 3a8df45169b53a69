import { notifications } from '@mantine/notifications';
import { explain } from '../api/errors.ts';

const ID = 'live-updates-ended';

/** It is not said of what is followed from now on. */
export const hideEnded = (): void => void notifications.hide(ID);

/** Says that what is shown does not move any more. Once, however many streams have ended. */
export function showEnded(error: unknown): void {
  notifications.show({
    id: ID,
    color: 'red',
    autoClose: false,
    title: 'Live updates have ended',
    message: `${explain(error).text} Reload the page to see what is new.`,
  });
}
