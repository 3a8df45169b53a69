import { Paper, Select, SimpleGrid, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { fieldOf, LAST_MOMENT, momentOf } from '../parts/moment.ts';
import { FAILURE_CODES, PRIORITIES, type TextFilter } from './filter.ts';

interface Filters {
  readonly address: URLSearchParams;
  readonly onSet: (name: string, value: string) => void;
}

interface FieldProps extends Filters {
  readonly name: TextFilter;
  readonly label: string;
  readonly placeholder?: string;
  readonly isTime?: boolean;
}

/** Takes effect when it is left or Enter is pressed, not at each letter. */
function Field({ name, label, placeholder, address, onSet, isTime = false }: FieldProps): ReactNode {
  const written = address.get(name) ?? '';
  // An address that is sent to somebody means one moment, wherever they are; the field shows their own time.
  const given = isTime ? fieldOf(written) : written;
  const [value, setValue] = useState(given);
  const [last, setLast] = useState(given);
  if (last !== given) {
    setLast(given);
    setValue(given);
  }
  const isWrong = isTime && value !== '' && momentOf(value) === undefined;
  const apply = (): void => {
    const typed = value.trim();
    if (typed !== given && !isWrong) onSet(name, isTime ? (momentOf(typed) ?? '') : typed);
  };
  return (
    <TextInput
      size="xs"
      label={label}
      placeholder={placeholder}
      {...(isTime ? { type: 'datetime-local', max: LAST_MOMENT } : {})}
      value={value}
      error={isWrong ? 'This is no time that anything was sent at.' : undefined}
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
        <Field {...filters} name="createdSince" label="Sent since" isTime />
        <Field {...filters} name="createdUntil" label="Sent before" isTime />
        <Field {...filters} name="channelId" label="Channel id" placeholder="C…" />
        <Field {...filters} name="eventTypes" label="Event type" placeholder="audit.completed" />
        <Field {...filters} name="requestedBy" label="Requested by" placeholder="A user, or service:…" />
        <Field {...filters} name="websiteId" label="Website id" />
        <Field {...filters} name="idempotencyKey" label="Idempotency key" />
      </SimpleGrid>
    </Paper>
  );
}
