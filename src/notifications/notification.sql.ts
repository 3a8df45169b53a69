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

/**
 * Did a disconnect of `holder`, its connection or its authorization, end the row? Also after a reconnect, which ends nothing:
 * what finds the holder revived is accepted later than that. Null where it has no such holder.
 */
export const endedBy = (holder: string, row: string): string =>
  `(${holder}.disconnected_at is not null or ${row}.created_at < ${holder}.revived_at)`;
