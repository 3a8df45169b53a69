import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';

/** The clipboard is there at https and localhost alone, and a person may forbid it. */
const REFUSED = window.isSecureContext && 'clipboard' in navigator ? 'The browser refused' : 'Copying needs https';

export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  const { copied, error, copy } = useClipboard();
  const icon: IconName = error ? 'warning' : copied ? 'check' : 'copy';
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      {...(error ? { color: 'red' } : {})}
      mt={4}
      onClick={() => copy(text)}
      leftSection={<Icon name={icon} size={13} />}
    >
      {error ? REFUSED : copied ? 'Copied' : label}
    </Button>
  );
}
