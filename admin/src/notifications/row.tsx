import { memo, type ReactNode } from 'react';
import type { NotificationRowFragment } from '../../generated/graphql.ts';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/time.tsx';
import { firstLineOf, placeOf } from '../parts/words.ts';
import styles from './history-list.module.css';

function noteOf({ failure, waiting, status, eventType, isTest }: NotificationRowFragment): string {
  if (failure && status !== 'DELIVERED') return failure.message;
  if (waiting) return waiting.detail;
  return [isTest ? 'test' : '', eventType ?? ''].filter(Boolean).join(' · ');
}

/** One notification on one line; everything else is a click away. */
export const Row = memo(function Row({
  row,
  onOpen,
}: {
  row: NotificationRowFragment;
  onOpen: (id: string) => void;
}): ReactNode {
  const note = noteOf(row);
  return (
    <li className={styles['item']}>
      <button type="button" className={styles['row']} onClick={() => onOpen(row.id)}>
        <span>
          <Status status={row.status} />
        </span>
        <span className={styles['message']}>
          <span className={styles['text']} title={row.text} dir="auto">
            {firstLineOf(row.text)}
          </span>
          {note === '' ? null : (
            <span className={styles['note']} data-tone={row.status === 'FAILED' ? 'bad' : undefined} title={note}>
              {note}
            </span>
          )}
        </span>
        <span className={`${styles['where'] ?? ''} ${styles['note'] ?? ''}`}>
          {placeOf(row)} · {row.postedAs ?? 'nobody'}
        </span>
        <span className={styles['time']}>
          <When at={row.createdAt} />
        </span>
      </button>
    </li>
  );
});
