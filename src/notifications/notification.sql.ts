import { NotificationEntity, OF_DELIVERY, type Notification } from './notification.entity.ts';

/** A field of what is stored, which names a column. */
export type Column = keyof Notification & string;

const unread: ReadonlySet<string> = new Set(OF_DELIVERY);
const ALL = Object.keys(NotificationEntity.meta.properties).filter((name) => !unread.has(name)) as Column[];
const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * What makes a row of `table` a Notification, or what is wanted of one: its columns under the names of its fields. Renaming
 * whole rows afterwards cost as much as parsing them, and a quarter of each was read by nobody.
 */
export const notificationColumns = (table: string, wanted: readonly Column[] = ALL): string =>
  wanted.map((field) => `${table}.${columnOf(field)} as "${field}"`).join(', ');
