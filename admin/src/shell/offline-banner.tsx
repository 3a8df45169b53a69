import { Alert, Button, Group, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { useLine } from '../api/line.ts';
import { Icon } from '../parts/icons.tsx';
import { useSession } from '../session/session.tsx';

/** Says that what is shown may be old. It goes by itself once the socket is back and everything missed has come. */
export function OfflineBanner(): ReactNode {
  const { line } = useSession();
  if (useLine(line) !== 'down') return null;
  return (
    <Alert color="orange" mb="md" icon={<Icon name="offline" />} role="status" className="offline">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          <b>Offline.</b> The live connection is down; what you see may be old. Reconnecting …
        </Text>
        <Button size="compact-sm" variant="default" onClick={line.retryNow}>
          Reconnect now
        </Button>
      </Group>
    </Alert>
  );
}
