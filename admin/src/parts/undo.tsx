import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { explain } from '../api/errors.ts';

const UNDO_MS = 10_000;

interface Offer {
  /** What the first click was called. */
  readonly what: string;
  readonly title: string;
  readonly text: string;
  readonly label: string;
  readonly failed?: boolean;
}

function failureOf(what: string, error: unknown): Offer {
  const why = explain(error);
  const text = `${why.title.replace(/\.$/, '')}. ${why.text}`;
  return { what, title: `“${what}” did not work`, text, label: 'Try again', failed: true };
}

/**
 * Offers what may be done about it. Where that fails it is said here, and offered again: what was clicked on before may be
 * gone from the page by now.
 */
function offer({ what, title, text, label, failed = false }: Offer, act: () => Promise<unknown>): void {
  const run = async (): Promise<void> => {
    notifications.hide(id);
    await act().catch((error: unknown) => offer(failureOf(what, error), act));
  };
  const id = notifications.show({
    title,
    // A failure stays until it is read.
    autoClose: failed ? false : UNDO_MS,
    ...(failed ? { color: 'red' } : {}),
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">{text}</Text>
        <Button size="compact-sm" variant="default" onClick={() => void run()}>
          {label}
        </Button>
      </Group>
    ),
  });
}

/**
 * Says why something was not done to whoever is not where that would be read. It is done again from there: by then it may be
 * done otherwise already, or be no longer wanted.
 */
export const showFailed = (what: string, error: unknown): void => {
  const { title, text } = failureOf(what, error);
  notifications.show({ title, message: text, color: 'red', autoClose: false });
};

/** Says what was done, and takes it back on a click. `undo` rejects where it could not. */
export const showUndo = (title: string, text: string, undo: () => Promise<unknown>, label = 'Undo'): void =>
  offer({ what: label, title, text, label }, undo);
