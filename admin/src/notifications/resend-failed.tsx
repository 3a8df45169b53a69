import { Alert, Button, Group, List, Modal, Progress, Select, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { fieldOf, LAST_MOMENT, momentOf } from '../parts/moment.ts';
import { FAILURE_CODES } from './filter.ts';
import { type ResendFailedRun, type Run, useResendFailed, type Wanted } from './use-resend-failed.ts';

const counted = (count: number): string =>
  `${count.toLocaleString('en')} ${count === 1 ? 'notification' : 'notifications'}`;

const startOfToday = (): string => fieldOf(new Date().setHours(0, 0, 0, 0));

/** What failed and why, so that nobody resends what will only fail again. */
function Reasons({ run }: { run: Run }): ReactNode {
  const reasons = Object.values(Object.groupBy(run.candidates, ({ failure }) => failure?.code ?? 'INTERNAL')).flatMap(
    (all) => (all?.[0] ? [{ count: all.length, failure: all[0].failure }] : []),
  );
  if (reasons.length === 0) return null;
  return (
    <List size="sm" spacing={4}>
      {reasons.map(({ count, failure }) => (
        <List.Item key={failure?.code}>
          <b>{count.toLocaleString('en')}</b> <code>{failure?.code}</code> {failure?.remedy}
        </List.Item>
      ))}
    </List>
  );
}

function Outcome({ run }: { run: Run }): ReactNode {
  const refused = Object.entries(run.refused);
  const tried = run.sent + refused.reduce((sum, [, { count }]) => sum + count, 0);
  const share = run.candidates.length === 0 ? 100 : (tried / run.candidates.length) * 100;
  return (
    <Stack gap="xs" aria-live="polite">
      <Progress value={share} animated={run.phase === 'sending'} aria-label="Resent" />
      <Text size="sm">
        {run.sent.toLocaleString('en')} of {counted(run.candidates.length)} resent
        {run.stopped ? '. Stopped: the rest is as it was.' : run.phase === 'done' ? '. Done.' : ' …'}
      </Text>
      {run.isWaiting ? (
        <Text size="sm">The queue of this workspace is full: it goes on by itself as soon as there is room.</Text>
      ) : null}
      {refused.map(([reason, { count, remedy }]) => (
        <Text size="sm" key={reason}>
          <Text span c="var(--bad)">
            {count} refused: {reason}
          </Text>{' '}
          {remedy}
        </Text>
      ))}
    </Stack>
  );
}

function Form({ wanted, onChange }: { wanted: Wanted; onChange: (wanted: Wanted) => void }): ReactNode {
  return (
    <>
      <TextInput
        type="datetime-local"
        label="Failed notifications sent since"
        max={LAST_MOMENT}
        value={wanted.since}
        error={wanted.since === '' || momentOf(wanted.since) ? undefined : 'This is no time that anything was sent at.'}
        onChange={(event) => onChange({ ...wanted, since: event.currentTarget.value })}
        required
        data-autofocus
      />
      <Select
        label="Failed with"
        placeholder="Any reason"
        data={[...FAILURE_CODES]}
        value={wanted.failureCode}
        onChange={(value) => onChange({ ...wanted, failureCode: value })}
        clearable
        searchable
      />
      <TextInput
        label="Why?"
        description="Kept in the history; may stay empty."
        value={wanted.reason}
        onChange={(event) => onChange({ ...wanted, reason: event.currentTarget.value })}
        maxLength={500}
      />
    </>
  );
}

function Buttons({ flow, wanted, onClose }: { flow: ResendFailedRun; wanted: Wanted; onClose: () => void }): ReactNode {
  const { run, count, send, stop } = flow;
  const { phase, candidates } = run;
  return (
    <Group justify="flex-end">
      {phase === 'counting' || phase === 'sending' ? (
        <Button color="red" variant="light" onClick={stop}>
          Stop
        </Button>
      ) : (
        <Button variant="default" onClick={onClose}>
          {phase === 'done' ? 'Close' : 'Leave it'}
        </Button>
      )}
      {phase === 'idle' ? (
        <Button disabled={momentOf(wanted.since) === undefined} onClick={() => void count(wanted)}>
          Count them
        </Button>
      ) : null}
      {phase === 'counted' && candidates.length > 0 ? (
        <Button onClick={() => void send(wanted.reason.trim())}>Resend {counted(candidates.length)}</Button>
      ) : null}
    </Group>
  );
}

function Preview({ run }: { run: Run }): ReactNode {
  const isNone = run.candidates.length === 0;
  return (
    <Alert color={isNone ? 'green' : 'orange'} title={`${counted(run.candidates.length)} would be resent`}>
      <Reasons run={run} />
      {isNone ? 'Nothing failed since then that you can resend.' : 'Mend the cause first, or they fail again.'}
      {run.notTheirs > 0 ? (
        <Text size="sm" mt="xs">
          {run.notTheirs.toLocaleString('en')} more cannot be resent by you: they had no sender or no channel, or were
          sent as another person.
        </Text>
      ) : null}
    </Alert>
  );
}

/** Resend all failed since …: how many first, then one by one, with a button that stops. */
export function ResendFailed({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const [wanted, setWanted] = useState<Wanted>({ since: startOfToday(), failureCode: null, reason: '' });
  const flow = useResendFailed();
  const { phase, candidates, trouble } = flow.run;
  // What is being sent stays in sight, with the button that stops it.
  const isSending = phase === 'sending';
  const isUnderWay = isSending || phase === 'done';
  const close = (): void => {
    flow.reset();
    onClose();
  };
  const change = (next: Wanted): void => {
    setWanted(next);
    flow.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      closeOnEscape={!isSending}
      closeOnClickOutside={!isSending}
      withCloseButton={!isSending}
      title="Resend what failed"
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack>
        {isUnderWay ? <Outcome run={flow.run} /> : <Form wanted={wanted} onChange={change} />}
        {phase === 'counting' ? <Text size="sm">Counting … {counted(candidates.length)} so far</Text> : null}
        {phase === 'counted' ? <Preview run={flow.run} /> : null}
        {trouble === undefined ? null : <Alert color="red">{trouble}</Alert>}
        <Buttons flow={flow} wanted={wanted} onClose={close} />
      </Stack>
    </Modal>
  );
}
