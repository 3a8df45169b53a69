import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';

const UNDO_MS = 10_000;

/** Says what was done, and takes it back on a click. */
export function showUndo(title: string, text: string, undo: () => Promise<void>, label = 'Undo'): void {
  const run = (): void => {
    notifications.hide(id);
    void undo();
  };
  const id = notifications.show({
    title,
    autoClose: UNDO_MS,
    message: (
      <Group justify="space-between" gap="xs">
        <Text size="sm">{text}</Text>
        <Button size="compact-sm" variant="default" onClick={run}>
          {label}
        </Button>
      </Group>
    ),
  });
}
