import { Anchor, Button, Grid, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { NotificationRowFragment } from '../../generated/graphql.ts';
import { useConnections } from '../connections/use-connections.ts';
import { Row } from '../notifications/row.tsx';
import listStyles from '../notifications/history-list.module.css';
import { Heading } from '../parts/heading.tsx';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { Broken } from './broken.tsx';
import { FirstSteps } from './first-steps.tsx';
import { Today } from './today.tsx';
import { useOverview } from './use-overview.ts';

function Rows({ rows, label }: { rows: readonly NotificationRowFragment[]; label: string }): ReactNode {
  const [, go] = useLocation();
  return (
    <ul className={listStyles['list']} aria-label={label}>
      {rows.map((row) => (
        <Row key={row.id} row={row} onOpen={(id) => go(`/notifications?n=${id}`)} />
      ))}
    </ul>
  );
}

function Lists({ overview }: { overview: ReturnType<typeof useOverview> }): ReactNode {
  const { latest, waiting, isMoreWaiting, error, refetch } = overview;
  const trouble = error ? <Trouble error={error} onRetry={refetch} /> : null;
  if (!latest) return trouble ?? <Skeleton height={220} />;
  if (latest.length === 0) {
    return (
      <Stack gap="lg">
        {trouble}
        <Paper withBorder p="lg">
          <Text c="dimmed">Nothing was sent yet. What your product sends appears here by itself.</Text>
        </Paper>
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      {trouble}
      {waiting.length > 0 ? (
        <Stack gap="xs" component="section">
          <Group justify="space-between">
            <Title order={2}>Waiting now</Title>
            {isMoreWaiting ? (
              <Anchor component={Link} href="/notifications?statuses=QUEUED,SENDING,RETRYING" size="sm">
                All that is waiting
              </Anchor>
            ) : null}
          </Group>
          <Rows rows={waiting} label="Waiting now" />
        </Stack>
      ) : null}
      <Stack gap="xs" component="section">
        <Group justify="space-between">
          <Title order={2}>Latest</Title>
          <Anchor component={Link} href="/notifications" size="sm">
            All notifications
          </Anchor>
        </Group>
        <Rows rows={latest} label="Latest" />
      </Stack>
    </Stack>
  );
}

/** Is everything well? What moved today, what is stuck, and the one click that mends it. */
export function Overview(): ReactNode {
  const overview = useOverview();
  const { connections, broken, error, refetch } = useConnections();
  const isNew = connections !== undefined && !connections.some(({ status }) => status !== 'DISCONNECTED');
  const hasHistory = (overview.latest?.length ?? 0) > 0;
  return (
    <>
      <Heading
        title="Overview"
        actions={
          isNew ? undefined : (
            <Button component={Link} href="/compose" variant="default" leftSection={<Icon name="compose" size={16} />}>
              Compose
            </Button>
          )
        }
      >
        {isNew && !hasHistory ? 'Welcome. Nothing is connected here yet.' : 'Today, live.'}
      </Heading>
      <Grid gap="lg">
        {error && connections === undefined ? (
          <Grid.Col span={12}>
            <Trouble error={error} onRetry={refetch} />
          </Grid.Col>
        ) : null}
        {connections === undefined ? null : (
          <FirstSteps isConnected={!isNew} hasSent={hasHistory} isReady={overview.latest !== undefined} />
        )}
        {broken.length > 0 ? (
          <Grid.Col span={12}>
            <Broken connections={broken} />
          </Grid.Col>
        ) : null}
        {isNew && !hasHistory ? null : (
          <>
            <Grid.Col span={12}>
              <Today
                midnight={overview.midnight}
                stats={overview.stats}
                error={overview.statsError}
                onRetry={overview.refetch}
              />
            </Grid.Col>
            <Grid.Col span={12}>
              <Lists overview={overview} />
            </Grid.Col>
          </>
        )}
      </Grid>
    </>
  );
}
