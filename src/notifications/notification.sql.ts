import { NotificationEntity, OF_DELIVERY } from './notification.entity.ts';

const unread: ReadonlySet<string> = new Set(OF_DELIVERY);
const fields = Object.keys(NotificationEntity.meta.properties).filter((name) => !unread.has(name));
const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * What makes a row of `table` a Notification: its columns under the names of its fields. Renaming whole rows afterwards
 * cost as much as parsing them, and a quarter of each was read by nobody.
 */
export const notificationColumns = (table: string): string =>
  fields.map((field) => `${table}.${columnOf(field)} as "${field}"`).join(', ');
