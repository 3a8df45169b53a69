import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { type Hour, hoursOfDay, KINDS } from './hours.ts';
import styles from './today.module.css';

const HEIGHT = 100;
const SLOT = 10;

const total = ({ delivered, failed, unconfirmed }: Hour): number => delivered + failed + unconfirmed;

function Bar({ hour, index, most }: { hour: Hour; index: number; most: number }): ReactNode {
  const clock = new Date(hour.hour).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  let top = HEIGHT;
  return (
    <g>
      <title>{`${clock}: ${KINDS.map((kind) => `${hour[kind]} ${kind}`).join(', ')}`}</title>
      <rect x={index * SLOT} y={0} width={SLOT} height={HEIGHT} fill="transparent" />
      {KINDS.map((kind) => {
        // Something is never shown as nothing.
        const height = hour[kind] === 0 ? 0 : Math.max((hour[kind] / most) * HEIGHT, 1.5);
        top -= height;
        return (
          <rect key={kind} className={styles[kind]} x={index * SLOT + 1.5} y={top} width={SLOT - 3} height={height} />
        );
      })}
    </g>
  );
}

/** Notifications by the hour in which they were sent. */
export function HourChart({ hours, midnight }: { hours: readonly Hour[]; midnight: number }): ReactNode {
  const day = hoursOfDay(midnight, hours);
  const most = Math.max(1, ...day.map(total));
  const sum = (kind: (typeof KINDS)[number]): number => day.reduce((so, hour) => so + hour[kind], 0);
  return (
    <>
      <Group justify="space-between" mb="xs" gap="xs">
        <Title order={2}>Per hour</Title>
        <Group gap="md">
          {KINDS.map((kind) => (
            <Text size="xs" c="dimmed" key={kind} className={styles['key']}>
              <span className={styles['swatch']} data-of={kind} aria-hidden="true" />
              {kind}
            </Text>
          ))}
        </Group>
      </Group>
      <svg
        className={styles['chart']}
        viewBox={`0 0 ${day.length * SLOT} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Today per hour: ${KINDS.map((kind) => `${sum(kind)} ${kind}`).join(', ')}; at most ${most} in an hour`}
      >
        <line x1="0" x2={day.length * SLOT} y1={HEIGHT} y2={HEIGHT} />
        {day.map((hour, index) => (
          <Bar key={hour.hour} hour={hour} index={index} most={most} />
        ))}
      </svg>
      <div className={styles['axis']} aria-hidden="true">
        {['00', '06', '12', '18', '24'].map((clock) => (
          <span key={clock}>{clock}:00</span>
        ))}
      </div>
    </>
  );
}
