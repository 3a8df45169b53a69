import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Trouble } from '../parts/notices.tsx';

interface Dialog {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly isUnconfirmed: boolean;
  readonly error: unknown;
  readonly busy: boolean;
  readonly onResend: (reason: string) => void;
}

/** A resend is deliberate: a new notification, which names the old one and says why. */
export function ResendDialog({ opened, onClose, isUnconfirmed, error, busy, onResend }: Dialog): ReactNode {
  const [reason, setReason] = useState('');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Resend this notification?"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onResend(reason.trim());
        }}
      >
        <Stack>
          {isUnconfirmed ? (
            <Alert color="orange" title="It may be there already">
              Nobody knows whether Slack took it. Look in the channel first: after a resend it may be there twice.
            </Alert>
          ) : (
            <Text size="sm">One new message, to the same channel, by the same identity.</Text>
          )}
          <TextInput
            label="Why?"
            description="Kept in the history; may stay empty."
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            maxLength={500}
            data-autofocus
          />
          {error ? <Trouble error={error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it
            </Button>
            <Button type="submit" loading={busy}>
              Resend
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
