import { Anchor, Paper, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { DeliveryStatus, StatsQuery } from '../../generated/graphql.ts';
import { Trouble } from '../parts/notices.tsx';
import { lasted } from '../parts/moment.ts';
import { When } from '../parts/time.tsx';
import { HourChart } from './hour-chart.tsx';
import { countedFrom } from './hours.ts';
import styles from './today.module.css';

type Stats = StatsQuery['deliveryStats'];

function Tile({
  label,
  value,
  tone,
  href,
}: {
  label: string;
  value: ReactNode;
  tone?: string;
  href?: string;
}): ReactNode {
  return (
    <Paper withBorder p="md">
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <div className={styles['value']} data-tone={tone}>
        {href === undefined ? (
          value
        ) : (
          <Anchor component={Link} href={href} inherit c="inherit" underline="hover">
            {value}
          </Anchor>
        )}
      </div>
    </Paper>
  );
}

function Tiles({ stats, midnight }: { stats: Stats; midnight: number }): ReactNode {
  const count = (status: DeliveryStatus): number => stats.byStatus.find((each) => each.status === status)?.count ?? 0;
  const since = new Date(countedFrom(midnight)).toISOString();
  const href = (status: DeliveryStatus): string => `/notifications?statuses=${status}&createdSince=${since}`;
  const shown = (status: DeliveryStatus): string => count(status).toLocaleString('en');
  return (
    <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }} spacing="sm">
      <Tile label="Delivered" value={shown('DELIVERED')} tone="good" href={href('DELIVERED')} />
      <Tile label="Failed" value={shown('FAILED')} tone={count('FAILED') > 0 ? 'bad' : 'none'} href={href('FAILED')} />
      <Tile
        label="Unconfirmed"
        value={shown('UNCONFIRMED')}
        tone={count('UNCONFIRMED') > 0 ? 'unsure' : 'none'}
        href={href('UNCONFIRMED')}
      />
      <Tile label="95 % delivered within" value={stats.deliveryTimeMs ? lasted(stats.deliveryTimeMs.p95) : '–'} />
      <Tile label="Oldest waiting" value={stats.oldestWaitingSince ? <When at={stats.oldestWaitingSince} /> : 'none'} />
    </SimpleGrid>
  );
}

export function Today({
  midnight,
  stats,
  error,
  onRetry,
}: {
  midnight: number;
  stats: Stats | undefined;
  error: unknown;
  onRetry: () => void;
}): ReactNode {
  const trouble = error ? <Trouble error={error} onRetry={onRetry} /> : null;
  if (!stats) return trouble ?? <Skeleton height={200} />;
  return (
    <Stack gap="sm">
      {trouble}
      <Tiles stats={stats} midnight={midnight} />
      <Paper withBorder p="md">
        <HourChart hours={stats.perHour} midnight={midnight} />
      </Paper>
    </Stack>
  );
}
