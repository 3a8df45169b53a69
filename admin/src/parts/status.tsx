import type { ReactNode } from 'react';
import type { DeliveryStatus } from '../../generated/graphql.ts';
import styles from './status.module.css';

const TONES: Readonly<Record<DeliveryStatus, string>> = {
  QUEUED: 'quiet',
  SENDING: 'moving',
  RETRYING: 'unsure',
  DELIVERED: 'good',
  FAILED: 'bad',
  CANCELED: 'quiet',
  UNCONFIRMED: 'unsure',
};

/** Not at rest. */
export const MOVES: readonly DeliveryStatus[] = ['QUEUED', 'SENDING', 'RETRYING'];

export const wordOf = (status: DeliveryStatus): string => status.charAt(0) + status.slice(1).toLowerCase();

/** The theme's colour for a status. */
export const colourOf = (status: DeliveryStatus): string => `var(--${TONES[status]})`;

export function Status({ status }: { status: DeliveryStatus }): ReactNode {
  return (
    <span className={styles['status']} data-tone={TONES[status]} data-moving={MOVES.includes(status) || undefined}>
      <span className={styles['dot']} aria-hidden="true" />
      {wordOf(status)}
    </span>
  );
}
