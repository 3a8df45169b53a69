import { Paper, Select, SimpleGrid, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { LAST_MOMENT } from '../parts/moment.ts';
import { FAILURE_CODES, PRIORITIES, type TextFilter } from './filter.ts';

interface Filters {
  readonly address: URLSearchParams;
  readonly onSet: (name: string, value: string) => void;
}

/** Takes effect when it is left or Enter is pressed, not at each letter. */
function Field({
  name,
  label,
  placeholder,
  address,
  onSet,
  type = 'text',
}: Filters & {
  name: TextFilter;
  label: string;
  placeholder?: string;
  type?: string;
}): ReactNode {
  const given = address.get(name) ?? '';
  const [value, setValue] = useState(given);
  const [last, setLast] = useState(given);
  if (last !== given) {
    setLast(given);
    setValue(given);
  }
  const apply = (): void => {
    if (value.trim() !== given) onSet(name, value.trim());
  };
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      type={type}
      max={type === 'datetime-local' ? LAST_MOMENT : undefined}
      value={value}
      onChange={(event) => setValue(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
    />
  );
}

export function MoreFilters(filters: Filters): ReactNode {
  const { address, onSet } = filters;
  return (
    <Paper withBorder p="sm">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
        <Select
          size="xs"
          label="Failure"
          placeholder="Any"
          data={[...FAILURE_CODES]}
          value={address.get('failureCode')}
          onChange={(value) => onSet('failureCode', value ?? '')}
          clearable
          searchable
        />
        <Select
          size="xs"
          label="Priority"
          placeholder="Any"
          data={[...PRIORITIES]}
          value={address.get('priority')}
          onChange={(value) => onSet('priority', value ?? '')}
          clearable
        />
        <Field {...filters} name="createdSince" label="Sent since" type="datetime-local" />
        <Field {...filters} name="createdUntil" label="Sent before" type="datetime-local" />
        <Field {...filters} name="channelId" label="Channel id" placeholder="C…" />
        <Field {...filters} name="eventTypes" label="Event type" placeholder="audit.completed" />
        <Field {...filters} name="requestedBy" label="Requested by" placeholder="A user, or service:…" />
        <Field {...filters} name="websiteId" label="Website id" />
        <Field {...filters} name="idempotencyKey" label="Idempotency key" />
      </SimpleGrid>
    </Paper>
  );
}
