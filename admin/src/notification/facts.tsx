import { Anchor, Code, Stack, Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { exactly } from '../parts/moment.ts';
import type { Detail } from './use-notification.ts';

const notificationLink = (id: string): ReactNode => (
  <Anchor component={Link} href={`/notifications?n=${id}`} size="sm">
    {id}
  </Anchor>
);

const code = (text: string | null | undefined): ReactNode => (text ? <Code>{text}</Code> : null);
const time = (at: string | null | undefined): ReactNode => (at ? exactly(at) : null);

function factsOf(detail: Detail): [name: string, value: ReactNode][] {
  const { trigger } = detail;
  const all: [string, ReactNode][] = [
    ['Id', code(detail.id)],
    ['Requested by', detail.requestedBy],
    ['Selected by', detail.selectedBy],
    ['Event type', code(detail.eventType)],
    ['Priority', detail.priority.toLowerCase()],
    ['Website', code(detail.websiteId)],
    ['Idempotency key', code(detail.idempotencyKey)],
    ['Scheduled for', time(detail.scheduledFor)],
    ['Delivered', time(detail.deliveredAt)],
    ['Slack’s ts', code(detail.slackMessageTs)],
    ['Thread', code(detail.threadTs)],
    ['Resend of', detail.resendOf ? notificationLink(detail.resendOf.id) : null],
    ['Resent as', detail.resentAs ? notificationLink(detail.resentAs.id) : null],
    ['Reason of the resend', detail.resendReason],
    ['Placeholders missing', trigger && trigger.missing.length > 0 ? trigger.missing.join(', ') : null],
    ['Wording', trigger?.usedFallback ? 'the fallback of its event type' : null],
    ['Context', trigger ? code(JSON.stringify(trigger.context)) : null],
    ['Metadata', detail.metadata ? code(JSON.stringify(detail.metadata)) : null],
  ];
  return all.filter(([, value]) => value !== null && value !== undefined && value !== '');
}

/** Everything else that is known. */
export function Facts({ detail }: { detail: Detail }): ReactNode {
  return (
    <Stack gap="xs">
      <Title order={3}>Details</Title>
      <Table layout="fixed" verticalSpacing={4} withRowBorders={false} className="facts">
        <Table.Tbody>
          {factsOf(detail).map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Stack>
  );
}
