import { Box, Code, SimpleGrid, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from '../parts/copy.tsx';
import { SlackMessage } from '../parts/slack-message.tsx';
import { When } from '../parts/time.tsx';
import { asGraphQL, asJson } from './as-text.ts';
import type { Detail } from './use-notification.ts';

/** What Slack shows, beside what it is made of. */
export function Message({ detail }: { detail: Detail }): ReactNode {
  const json = asJson(detail);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Box miw={0}>
        <Title order={3} mb="xs">
          As Slack shows it
        </Title>
        <SlackMessage
          author={detail.postedAs ?? '…'}
          text={detail.text}
          blocks={detail.blocks}
          at={<When at={detail.deliveredAt ?? detail.createdAt} />}
        />
      </Box>
      <Box miw={0}>
        <Title order={3} mb="xs">
          As JSON
        </Title>
        <Code block className="json" tabIndex={0} role="region" aria-label="The message as JSON">
          {json}
        </Code>
        <CopyButton text={json} label="Copy JSON" />
        <CopyButton text={asGraphQL(detail)} label="Copy as GraphQL" />
      </Box>
    </SimpleGrid>
  );
}
