import { Button, Collapse, Fieldset, Group, Paper, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { FormEvent, ReactNode } from 'react';
import type { IdentityPartsFragment, Priority } from '../../generated/graphql.ts';
import { ChannelPicker } from '../identity/channel-picker.tsx';
import { kindOf } from '../identity/use-identities.ts';
import { Icon } from '../parts/icons.tsx';
import { LAST_MOMENT, timeZone } from '../parts/moment.ts';
import { type Draft, isTimely, MAX_CHARACTERS } from './draft.ts';

const PRIORITIES: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT'];

const lengthOf = ({ text }: Draft): number => [...text].length;

interface Form {
  readonly draft: Draft;
  readonly identities: readonly IdentityPartsFragment[];
  readonly identity: IdentityPartsFragment | undefined;
  readonly onChange: (changes: Partial<Draft>) => void;
  readonly onSend: () => void;
  readonly isSending: boolean;
  readonly isSent: boolean;
}

function Sender({ draft, identities, onChange }: Pick<Form, 'draft' | 'identities' | 'onChange'>): ReactNode {
  return (
    <Select
      label="Post as"
      placeholder="Choose who it is from"
      data={identities.map((identity) => ({
        value: identity.id,
        label: `${identity.postsAs}: ${kindOf(identity)} in ${identity.connection.team.name}`,
      }))}
      value={draft.identityId}
      onChange={(identityId) => onChange({ identityId, channel: null })}
      allowDeselect={false}
    />
  );
}

function Words({ draft, onChange }: Pick<Form, 'draft' | 'onChange'>): ReactNode {
  const length = lengthOf(draft);
  return (
    <Textarea
      label="Text"
      description="Slack's mrkdwn: *bold*, _italic_, ~strike~, `code`, <https://example.com|link>"
      attributes={{ input: { dir: 'auto' } }}
      autosize
      minRows={5}
      maxRows={16}
      value={draft.text}
      onChange={(event) => onChange({ text: event.currentTarget.value })}
      error={length > MAX_CHARACTERS ? `${length.toLocaleString('en')} characters; Slack takes 40,000.` : undefined}
    />
  );
}

function Further({ draft, onChange }: Pick<Form, 'draft' | 'onChange'>): ReactNode {
  return (
    <Stack gap="sm">
      <Select
        label="Priority"
        data={PRIORITIES.map((value) => ({ value, label: value.charAt(0) + value.slice(1).toLowerCase() }))}
        value={draft.priority}
        onChange={(value) => onChange({ priority: value ?? 'NORMAL' })}
        allowDeselect={false}
      />
      <TextInput
        type="datetime-local"
        label="Send at"
        description={`Empty: now. In the time zone of this browser, ${timeZone()}.`}
        max={LAST_MOMENT}
        value={draft.scheduledFor}
        error={isTimely(draft) ? undefined : 'This is no time that a message can be sent at.'}
        onChange={(event) => onChange({ scheduledFor: event.currentTarget.value })}
      />
      <TextInput
        label="Reply in the thread of"
        description="The ts of the message to reply to, for example 1732630000.000100."
        value={draft.threadTs}
        onChange={(event) => onChange({ threadTs: event.currentTarget.value })}
      />
    </Stack>
  );
}

export function ComposeForm({ draft, identities, identity, onChange, onSend, isSending, isSent }: Form): ReactNode {
  // What is set there is not sent unseen.
  const isFurther = draft.threadTs !== '' || draft.scheduledFor !== '' || draft.priority !== 'NORMAL';
  const [isOpen, { toggle }] = useDisclosure(isFurther);
  const length = lengthOf(draft);
  const isWhole = identity !== undefined && draft.channel !== null && draft.text.trim() !== '';
  const isReady = isWhole && length <= MAX_CHARACTERS && isTimely(draft);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) onSend();
  };
  return (
    <Paper withBorder p="md" component="form" onSubmit={submit}>
      {/* What the server is being asked to send is what stands here: its answer must not meet another draft. */}
      <Fieldset variant="unstyled" mx={0} disabled={isSending}>
        <Stack gap="sm">
          <Sender draft={draft} identities={identities} onChange={onChange} />
          {identity ? (
            <ChannelPicker
              key={identity.id}
              identity={identity}
              value={draft.channel}
              onPick={(channel) => onChange({ channel, ...(channel.id === draft.channel?.id ? {} : { threadTs: '' }) })}
              label="Channel"
            />
          ) : null}
          <Words draft={draft} onChange={onChange} />
          <Group justify="space-between">
            <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={isOpen}>
              {isOpen ? 'Fewer options' : 'Priority, time, thread'}
            </Button>
            <Text size="xs" c="dimmed">
              {length.toLocaleString('en')} / 40,000
            </Text>
          </Group>
          <Collapse expanded={isOpen}>
            <Further draft={draft} onChange={onChange} />
          </Collapse>
          <Button
            type="submit"
            loading={isSending}
            disabled={!isReady || isSent}
            leftSection={<Icon name="send" size={16} />}
          >
            {draft.scheduledFor === '' ? 'Send' : 'Schedule'}
          </Button>
        </Stack>
      </Fieldset>
    </Paper>
  );
}
