import { useQuery } from '@apollo/client/react';
import { Badge, Button, Code, Skeleton, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link, useParams, useSearchParams } from 'wouter';
import { EventTypesDocument, type EventTypePartsFragment } from '../../generated/graphql.ts';
import { Heading } from '../parts/heading.tsx';
import { Empty, Trouble } from '../parts/notices.tsx';
import { decoded } from '../shell/decoded.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { Editor } from './editor.tsx';
import { addressOf, addressOfNew, isNewKey } from './address.ts';
import styles from './event-types.module.css';

const BLANK: EventTypePartsFragment = {
  key: '',
  title: '',
  builtIn: false,
  template: 'The audit of *{{ website }}* found {{ issues }} issues.',
  fallback: 'An audit has finished.',
  priority: 'NORMAL',
  placeholders: [],
  sampleContext: { website: 'example.com', issues: 3 },
};

const copyOf = (eventType: EventTypePartsFragment): EventTypePartsFragment => ({
  ...eventType,
  key: '',
  title: `${eventType.title} (copy)`,
  builtIn: false,
});

function List({ eventTypes }: { eventTypes: readonly EventTypePartsFragment[] }): ReactNode {
  return (
    <ul className={styles['list']} aria-label="Event types">
      {eventTypes.map(({ key, title, builtIn, placeholders }) => (
        <li key={key}>
          <Link href={addressOf(key)} className={styles['row'] ?? ''}>
            <span className={styles['name']}>
              <Text span fw={600}>
                {title}
              </Text>
              <Code>{key}</Code>
              {builtIn ? (
                <Badge variant="light" color="gray" tt="none" size="sm" className="tone">
                  built in
                </Badge>
              ) : null}
            </span>
            <Text span size="xs" c="dimmed">
              {placeholders.join(', ')}
            </Text>
          </Link>
        </li>
      ))}
    </ul>
  );
}

export function EventTypes(): ReactNode {
  const { workspaceId, role } = useWorkspace();
  const { key: given } = useParams<{ key?: string }>();
  const key = given === undefined ? undefined : decoded(given);
  const [address] = useSearchParams();
  const { data, error, refetch } = useQuery(EventTypesDocument, { variables: { workspaceId } });
  const eventTypes = data?.eventTypes;
  const keys = eventTypes?.map((each) => each.key) ?? [];
  const chosen = key === undefined ? undefined : eventTypes?.find((each) => each.key === key);
  const model = eventTypes?.find((each) => each.key === address.get('from'));
  if (isNewKey(key) && eventTypes) {
    const name = addressOfNew(model?.key);
    return (
      <Editor key={name} name={name} eventType={model ? copyOf(model) : BLANK} isNew previewAs={keys[0]} keys={keys} />
    );
  }
  if (chosen) {
    const name = addressOf(chosen.key);
    return <Editor key={name} name={name} eventType={chosen} isNew={false} previewAs={chosen.key} keys={keys} />;
  }
  return (
    <>
      <Heading
        title="Event types"
        actions={
          role === 'ADMIN' && eventTypes ? (
            <Button component={Link} href={addressOfNew()}>
              New event type
            </Button>
          ) : undefined
        }
      >
        What your product can trigger, and how it reads in Slack.
      </Heading>
      {error ? <Trouble error={error} onRetry={() => void refetch()} /> : null}
      {eventTypes === undefined && !error ? <Skeleton height={240} /> : null}
      {key !== undefined && !isNewKey(key) && eventTypes ? (
        <Text mb="sm" role="alert">
          There is no event type <Code>{key}</Code>.
        </Text>
      ) : null}
      {eventTypes?.length === 0 ? (
        <Empty icon="eventTypes" title="No event types yet">
          An event type is a template that your product fills. Make one, and trigger it with <Code>triggerEvent</Code>.
        </Empty>
      ) : null}
      {eventTypes && eventTypes.length > 0 ? <List eventTypes={eventTypes} /> : null}
    </>
  );
}
