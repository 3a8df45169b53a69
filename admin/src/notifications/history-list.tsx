import { Button, Center, Group, Loader, Skeleton, Stack, Text } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { takeLostFocus } from '../parts/focus.ts';
import { Icon } from '../parts/icons.tsx';
import { Empty, Trouble } from '../parts/notices.tsx';
import styles from './history-list.module.css';
import { MOST_COUNTED } from './new-ones.ts';
import { Row } from './row.tsx';
import type { useHistory } from './use-history.ts';

interface List {
  readonly history: ReturnType<typeof useHistory>;
  readonly isFiltered: boolean;
  readonly onOpen: (id: string) => void;
}

function Nothing({ isFiltered }: { isFiltered: boolean }): ReactNode {
  return isFiltered ? (
    <Empty
      icon="search"
      title="Nothing fits these filters"
      action={
        <Button component={Link} href="/notifications" variant="default">
          Clear the filters
        </Button>
      }
    >
      Try fewer of them, or another word.
    </Empty>
  ) : (
    <Empty
      icon="notifications"
      title="Nothing was sent yet"
      action={
        <Button component={Link} href="/compose">
          Write a message
        </Button>
      }
    >
      Whatever your product or you send appears here, with every step of its way.
    </Empty>
  );
}

/** Shows what is new, and leads to the newest of it. */
function useNewest(show: () => Promise<void>) {
  const list = useRef<HTMLDivElement>(null);
  const [timesShown, setTimesShown] = useState(0);
  // Once they are there: what is scrolled to before, the browser holds in its place when they come in above it.
  useEffect(() => {
    if (timesShown === 0) return;
    const newest = list.current?.querySelector('li');
    newest?.scrollIntoView({ block: 'nearest' });
    takeLostFocus(newest?.querySelector('button') ?? list.current);
  }, [timesShown]);
  const showNew = async (): Promise<void> => {
    await show();
    setTimesShown((before) => before + 1);
  };
  return { list, showNew };
}

export function HistoryList({ history, isFiltered, onOpen }: List): ReactNode {
  const { rows, newCount, isFirstLoading, hasMore, older, error } = history;
  const { list, showNew } = useNewest(history.showNew);
  if (isFirstLoading) {
    return (
      <Stack gap="xs" role="status" aria-label="Loading">
        {Array.from({ length: 8 }, (_each, index) => (
          <Skeleton key={index} height={48} />
        ))}
      </Stack>
    );
  }
  if (error && rows.length === 0) return null;
  return (
    <div ref={list} tabIndex={-1}>
      <div aria-live="polite" className={styles['pill']}>
        {newCount > 0 ? (
          <Button
            size="compact-sm"
            radius="xl"
            onClick={() => void showNew()}
            leftSection={<Icon name="refresh" size={14} />}
          >
            {newCount.toLocaleString('en')}
            {newCount >= MOST_COUNTED ? '+' : ''} new
          </Button>
        ) : null}
      </div>
      {rows.length === 0 && newCount === 0 ? <Nothing isFiltered={isFiltered} /> : null}
      {rows.length > 0 ? (
        <ul className={styles['list']} aria-label="Notifications">
          {rows.map((row) => (
            <Row key={row.id} row={row} onOpen={onOpen} />
          ))}
        </ul>
      ) : null}
      <Center mt="md">
        {older.error ? (
          <Trouble error={older.error} onRetry={() => void older.go()} />
        ) : hasMore ? (
          <Button variant="default" onClick={() => void older.go()} disabled={older.busy}>
            <Group gap="xs">{older.busy ? <Loader size="xs" /> : null}Show older</Group>
          </Button>
        ) : rows.length > 0 ? (
          <Text size="sm" c="dimmed">
            That is all.
          </Text>
        ) : null}
      </Center>
    </div>
  );
}
