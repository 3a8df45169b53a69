import { Button, Popover, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { ReactNode } from 'react';

export interface Verdict {
  readonly says: string;
  /** What it leads to; nothing takes it back. */
  readonly consequence: string;
  readonly confirm: string;
  readonly noted: string;
  readonly isThere: boolean;
}

const VERDICTS: readonly Verdict[] = [
  {
    says: 'It is there',
    consequence: 'It becomes delivered, for good: it cannot be resent any more.',
    confirm: 'Yes, it is there',
    noted: 'Noted: the message is in Slack.',
    isThere: true,
  },
  {
    says: 'It is not there',
    consequence: 'It becomes failed, for good. If it is in the channel after all, a resend makes it two.',
    confirm: 'Yes, it is not there',
    noted: 'Noted: the message is not in Slack. It can be resent.',
    isThere: false,
  },
];

interface Asked {
  readonly busy: boolean;
  readonly onResolve: (verdict: Verdict) => void;
}

function Say({ verdict, busy, onResolve }: Asked & { readonly verdict: Verdict }): ReactNode {
  const [isAsking, { close, toggle }] = useDisclosure();
  const say = (): void => {
    close();
    onResolve(verdict);
  };
  return (
    <Popover opened={isAsking} onChange={close} width={260} position="bottom-end" withArrow trapFocus returnFocus>
      <Popover.Target>
        <Button size="xs" variant="default" disabled={busy} onClick={toggle}>
          {verdict.says}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">{verdict.consequence}</Text>
          {/* Escape leaves the question, and not the drawer as well. */}
          <Button size="xs" onClick={say} data-mantine-stop-propagation>
            {verdict.confirm}
          </Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** A person says what is in the channel. */
export function Unconfirmed(asked: Asked): ReactNode {
  return VERDICTS.map((verdict) => <Say key={verdict.says} verdict={verdict} {...asked} />);
}
