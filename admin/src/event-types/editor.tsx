import { Anchor, Button, Grid, Group, Paper, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Link } from 'wouter';
import type { EventTypePartsFragment, Priority } from '../../generated/graphql.ts';
import { headingOfPage } from '../parts/focus.ts';
import { Heading } from '../parts/heading.tsx';
import { Trouble } from '../parts/notices.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { contextOf, type Draft } from './draft.ts';
import { addressOf, addressOfNew } from './address.ts';
import styles from './event-types.module.css';
import { EventPreview } from './event-preview.tsx';
import { useDraft } from './use-draft.ts';
import { useSaving } from './use-saving.ts';

const PRIORITIES: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT'];

interface FieldsProps {
  readonly draft: Draft;
  readonly isNew: boolean;
  /** Another one has the key: saving would take its place. */
  readonly isTaken: boolean;
  readonly readOnly: boolean;
  readonly onChange: (changes: Partial<Draft>) => void;
}

function Taken({ eventType }: { eventType: string }): ReactNode {
  return (
    <>
      There is an event type with this key already.{' '}
      <Anchor component={Link} href={addressOf(eventType)} size="xs">
        Open it
      </Anchor>
    </>
  );
}

function NameFields({ draft, isNew, isTaken, readOnly, onChange }: FieldsProps): ReactNode {
  return (
    <Group grow align="flex-start">
      <TextInput
        label="Key"
        placeholder="audit.completed"
        value={draft.key}
        readOnly={readOnly || !isNew}
        error={isTaken ? <Taken eventType={draft.key.trim()} /> : undefined}
        onChange={(event) => onChange({ key: event.currentTarget.value })}
        required
      />
      <TextInput
        label="Title"
        value={draft.title}
        readOnly={readOnly}
        onChange={(event) => onChange({ title: event.currentTarget.value })}
        required
      />
    </Group>
  );
}

function Fields(fields: FieldsProps): ReactNode {
  const { draft, readOnly, onChange } = fields;
  const code = {
    className: styles['code'] ?? '',
    autosize: true,
    spellCheck: false,
    attributes: { input: { dir: 'auto' } },
    readOnly,
  };
  return (
    <>
      <NameFields {...fields} />
      <Textarea
        {...code}
        label="Template"
        description="Liquid: {{ website }}. Values are escaped: nothing in them can become a mention or a link."
        minRows={4}
        maxRows={14}
        value={draft.template}
        onChange={(event) => onChange({ template: event.currentTarget.value })}
      />
      <Textarea
        {...code}
        label="Fallback"
        description="Used, whole, where the context lacks a placeholder of the template."
        minRows={2}
        maxRows={8}
        value={draft.fallback}
        onChange={(event) => onChange({ fallback: event.currentTarget.value })}
      />
      <Select
        label="Priority"
        data={PRIORITIES.map((value) => ({ value, label: value.charAt(0) + value.slice(1).toLowerCase() }))}
        value={draft.priority}
        readOnly={readOnly}
        onChange={(value) => onChange({ priority: value ?? 'NORMAL' })}
        allowDeselect={false}
      />
      <Textarea
        {...code}
        readOnly={false}
        label="Sample context"
        description="JSON. The preview is filled with it; a test sends what is saved."
        minRows={4}
        maxRows={14}
        value={draft.context}
        error={contextOf(draft.context) ? undefined : 'This is not a JSON object yet.'}
        onChange={(event) => onChange({ context: event.currentTarget.value })}
      />
    </>
  );
}

function Discard({ onDiscard }: { onDiscard: () => void }): ReactNode {
  const discard = (): void => {
    onDiscard();
    // The button goes with what it discards.
    headingOfPage()?.focus({ preventScroll: true });
  };
  return (
    <Button variant="subtle" color="gray" size="compact-sm" onClick={discard} style={{ alignSelf: 'flex-start' }}>
      Discard changes
    </Button>
  );
}

interface ButtonsProps {
  readonly eventType: EventTypePartsFragment;
  readonly isNew: boolean;
  readonly canSave: boolean;
  readonly isSaving: boolean;
  readonly onDelete: () => void;
}

/** What may be done with it: nothing but a copy, where it comes with the server. */
function Buttons({ eventType, isNew, canSave, isSaving, onDelete }: ButtonsProps): ReactNode {
  const { role } = useWorkspace();
  if (role !== 'ADMIN') {
    return (
      <Text size="sm" c="dimmed">
        Only an admin changes it.
      </Text>
    );
  }
  if (eventType.builtIn) {
    return (
      <Group gap="sm">
        <Text size="sm" c="dimmed">
          It comes with the server, and stays as it is.
        </Text>
        <Button component={Link} href={addressOfNew(eventType.key)} variant="default" size="xs">
          Make one like it
        </Button>
      </Group>
    );
  }
  return (
    <Group justify="space-between">
      <Button type="submit" loading={isSaving} disabled={!canSave}>
        {isNew ? 'Create' : 'Save'}
      </Button>
      {isNew ? null : (
        <Button variant="subtle" color="red" onClick={onDelete}>
          Delete
        </Button>
      )}
    </Group>
  );
}

interface Edited {
  /** Under which what is typed is kept. */
  readonly name: string;
  readonly eventType: EventTypePartsFragment;
  readonly isNew: boolean;
  /** What is new is previewed as an existing one with other words. */
  readonly previewAs: string | undefined;
  /** The keys that are there already. */
  readonly keys: readonly string[];
}

/** Template left, what becomes of it right. */
export function Editor({ name, eventType, isNew, previewAs, keys }: Edited): ReactNode {
  const { role } = useWorkspace();
  const drafting = useDraft(eventType, name);
  const { draft, isEdited, change } = drafting;
  const { save, remove, isSaving, error } = useSaving(eventType, drafting);
  const isEditable = role === 'ADMIN' && !eventType.builtIn;
  const isChanged = isNew || isEdited;
  const isTaken = isNew && !isSaving && keys.includes(draft.key.trim());
  const isLegal =
    !isTaken && draft.key.trim() !== '' && draft.title.trim() !== '' && contextOf(draft.context) !== undefined;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isLegal) void save(draft);
  };
  return (
    <>
      <Anchor component={Link} href="/event-types" size="sm">
        ← Event types
      </Anchor>
      <Heading title={isNew ? 'New event type' : eventType.title} />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Paper withBorder p="md" component="form" onSubmit={submit}>
            <Stack gap="sm">
              <Fields draft={draft} isNew={isNew} isTaken={isTaken} readOnly={!isEditable} onChange={change} />
              {isEdited ? <Discard onDiscard={drafting.discard} /> : null}
              {error ? <Trouble error={error} /> : null}
              <Buttons
                eventType={eventType}
                isNew={isNew}
                canSave={isChanged && isLegal}
                isSaving={isSaving}
                onDelete={() => void remove()}
              />
            </Stack>
          </Paper>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <EventPreview draft={draft} isSaved={!isChanged || eventType.builtIn} previewAs={previewAs} />
        </Grid.Col>
      </Grid>
    </>
  );
}
