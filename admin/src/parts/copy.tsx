import { Button, CopyButton as Copying } from '@mantine/core';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';

export function CopyButton({ text, label }: { text: string; label: string }): ReactNode {
  return (
    <Copying value={text}>
      {({ copied, copy }) => (
        <Button
          size="compact-xs"
          variant="subtle"
          mt={4}
          onClick={copy}
          leftSection={<Icon name={copied ? 'check' : 'copy'} size={13} />}
        >
          {copied ? 'Copied' : label}
        </Button>
      )}
    </Copying>
  );
}
