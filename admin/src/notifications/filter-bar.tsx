import { ActionIcon, Button, Chip, Group, Pill, Stack, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect, useState } from 'react';
import { Icon } from '../parts/icons.tsx';
import { exactly, momentOf } from '../parts/moment.ts';
import { wordOf } from '../parts/status.tsx';
import { STATUSES, TEXT_FILTERS, type TextFilter } from './filter.ts';
import { MoreFilters } from './more-filters.tsx';

const TYPING_MS = 300;

export interface Bar {
  readonly address: URLSearchParams;
  readonly onChange: (change: (before: URLSearchParams) => URLSearchParams, options?: { replace?: boolean }) => void;
}

const NAMES: Readonly<Record<TextFilter, string>> = {
  search: 'Text',
  failureCode: 'Failure',
  channelId: 'Channel',
  eventTypes: 'Event type',
  requestedBy: 'Requested by',
  selectedBy: 'Selected by',
  websiteId: 'Website',
  priority: 'Priority',
  connectionId: 'Connection',
  identityId: 'Identity',
  idempotencyKey: 'Idempotency key',
  createdSince: 'Since',
  createdUntil: 'Until',
};

const shownOf = (name: TextFilter, given: string | null): string | null => {
  const at = name === 'createdSince' || name === 'createdUntil' ? momentOf(given) : undefined;
  return at === undefined ? given : exactly(at);
};

const withFilter = (name: string, value: string) => (before: URLSearchParams) => {
  const next = new URLSearchParams(before);
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next;
};

function Search({ address, onChange }: Bar): ReactNode {
  const inAddress = address.get('search') ?? '';
  const [text, setText] = useState(inAddress);
  // The address has no spaces at the end: taking those away from a typed text would glue its next word to the last one.
  useEffect(() => setText((typed) => (typed.trim() === inAddress ? typed : inAddress)), [inAddress]);
  // While typing, one step in the browser's history is enough.
  const search = useDebouncedCallback(
    (value: string) => onChange(withFilter('search', value.trim()), { replace: inAddress !== '' }),
    TYPING_MS,
  );
  const change = (value: string): void => {
    setText(value);
    search(value);
  };
  return (
    <TextInput
      aria-label="Search for words in the text"
      placeholder="Search for words in the text"
      leftSection={<Icon name="search" size={16} />}
      rightSection={
        text === '' ? null : (
          <ActionIcon variant="subtle" color="gray" aria-label="Clear the search" onClick={() => change('')}>
            <Icon name="close" size={14} />
          </ActionIcon>
        )
      }
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      flex={1}
      miw={180}
    />
  );
}

/** Filters and search. They live in the address, so a view can be sent to somebody, and the back button returns to it. */
export function FilterBar({ address, onChange }: Bar): ReactNode {
  const [isOpen, { toggle }] = useDisclosure();
  const statuses = (address.get('statuses') ?? '').split(',').filter(Boolean);
  const set = (name: string, value: string): void => onChange(withFilter(name, value));
  const active = TEXT_FILTERS.filter((name) => name !== 'search' && address.has(name));
  return (
    <Stack gap="xs" mb="md">
      <Group gap="xs">
        <Search address={address} onChange={onChange} />
        <Button variant="default" onClick={toggle} aria-expanded={isOpen}>
          Filters
        </Button>
      </Group>
      <Chip.Group multiple value={statuses} onChange={(chosen) => set('statuses', chosen.join(','))}>
        <Group gap={6} role="group" aria-label="Statuses">
          {STATUSES.map((status) => (
            <Chip key={status} value={status} size="xs" variant="outline">
              {wordOf(status)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {isOpen ? <MoreFilters address={address} onSet={set} /> : null}
      {active.length > 0 ? (
        <Pill.Group>
          {active.map((name) => (
            <Pill
              key={name}
              withRemoveButton
              onRemove={() => set(name, '')}
              removeButtonProps={{
                'aria-label': `Remove the filter ${NAMES[name]}`,
                'aria-hidden': false,
                tabIndex: 0,
              }}
            >
              {NAMES[name]}: {shownOf(name, address.get(name))}
            </Pill>
          ))}
        </Pill.Group>
      ) : null}
    </Stack>
  );
}
