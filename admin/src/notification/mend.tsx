import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { FailureCode } from '../../generated/graphql.ts';
import { page } from '../page.ts';
import { Icon } from '../parts/icons.tsx';
import type { Detail } from './use-notification.ts';

type Place = 'connections' | 'identity' | 'compose' | 'channel';

/** Where the remedy is carried out, for those codes where it is a place that this page can lead to. */
const PLACES: Readonly<Partial<Record<FailureCode, Place>>> = {
  IDENTITY_NOT_SELECTED: 'identity',
  IDENTITY_NOT_USABLE: 'identity',
  CONNECTION_NEEDS_REAUTHORIZATION: 'connections',
  CONNECTION_DISCONNECTED: 'connections',
  CANCELED_BY_DISCONNECT: 'connections',
  MISSING_SCOPE: 'connections',
  TEAM_MISMATCH: 'identity',
  CHANNEL_REQUIRED: 'identity',
  CHANNEL_NOT_FOUND: 'compose',
  CHANNEL_ARCHIVED: 'compose',
  INVALID_MESSAGE: 'compose',
  NOT_IN_CHANNEL: 'channel',
  POSTING_RESTRICTED: 'channel',
  OUTCOME_UNKNOWN: 'channel',
};

const WORDS = {
  connections: ['/connections', 'Go to the connections'],
  identity: ['/identity', 'Choose who you post as'],
  compose: ['/compose', 'Write it again'],
} as const;

/** Slack's own address for a channel; the simulated Slack has another. */
const channelUrl = ({ team, channelId }: Detail): string | undefined => {
  if (!team || !channelId) return undefined;
  return page.simulatedSlackUrl === undefined
    ? `https://app.slack.com/client/${team.id}/${channelId}`
    : `${page.simulatedSlackUrl}/client/${team.id}/${channelId}`;
};

/** The click that leads to where it is mended. */
export function Mend({ detail }: { detail: Detail }): ReactNode {
  const place = detail.failure ? PLACES[detail.failure.code] : undefined;
  if (place === undefined) return null;
  if (place === 'channel') {
    const href = channelUrl(detail);
    return href === undefined ? null : (
      <Button
        size="xs"
        variant="default"
        component="a"
        href={href}
        target="_blank"
        rel="noreferrer"
        rightSection={<Icon name="external" size={14} />}
      >
        Open the channel
      </Button>
    );
  }
  const [screen, words] = WORDS[place];
  const href = place === 'compose' ? `${screen}?again=${detail.id}` : screen;
  return (
    <Button size="xs" variant="default" component={Link} href={href}>
      {words}
    </Button>
  );
}
