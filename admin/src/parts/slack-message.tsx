import { Box, Group, Paper, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { blocksHtml } from '../../../simulator/pages/blocks.ts';
import { type Names, mrkdwnHtml } from '../../../simulator/pages/mrkdwn.ts';
import { initialOf } from './words.ts';
import styles from './slack-message.module.css';

/** Ids stay ids: who they are is Slack's to say. */
const NO_NAMES: Names = { person: () => null, channel: () => null };

type Block = Record<string, unknown>;

interface Shown {
  readonly author: string;
  readonly text: string;
  readonly blocks?: readonly Block[] | null | undefined;
  readonly at?: ReactNode;
}

/** A message as Slack would show it, by the same code as the simulated Slack's. */
export function SlackMessage({ author, text, blocks, at }: Shown): ReactNode {
  const html = useMemo(
    () => (blocks && blocks.length > 0 ? blocksHtml(blocks, NO_NAMES) : mrkdwnHtml(text, NO_NAMES)),
    [text, blocks],
  );
  return (
    <Paper withBorder p="md" className={styles['message']}>
      <span className={styles['avatar']} aria-hidden="true">
        {initialOf(author)}
      </span>
      <Box className={styles['main']}>
        <Group gap={6} align="baseline">
          <Text fw={700}>{author}</Text>
          <Text size="xs" c="dimmed">
            {at}
          </Text>
        </Group>
        {/* Everything that is not the renderer's own markup is escaped by it. */}
        <div className={styles['text']} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />
      </Box>
    </Paper>
  );
}
