import { Button, Group, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type ReactNode, useState } from 'react';
import { useSearchParams } from 'wouter';
import { page } from '../page.ts';
import { useChange } from '../parts/change.ts';
import { Icon } from '../parts/icons.tsx';
import { Trouble } from '../parts/notices.tsx';
import { useIsShown } from '../parts/shown.ts';
import { showUndo } from '../parts/undo.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { useDialogAbove } from './escape.ts';
import { mayCancel, mayResend, maySettle } from './permissions.ts';
import { ResendDialog } from './resend-dialog.tsx';
import { Unconfirmed, type Verdict } from './unconfirmed.tsx';
import { useMending } from './use-mending.ts';
import type { Detail } from './use-notification.ts';

const RESENDABLE: readonly Detail['status'][] = ['FAILED', 'CANCELED', 'UNCONFIRMED'];
const CANCELABLE: readonly Detail['status'][] = ['QUEUED', 'RETRYING'];

/** Shows another notification in this one's place; the filters of the list behind it stay. */
function useShow(): (id: string) => void {
  const [, setAddress] = useSearchParams();
  return (id) =>
    setAddress((before) => {
      const next = new URLSearchParams(before);
      next.set('n', id);
      return next;
    });
}

interface Offered {
  readonly detail: Detail;
  readonly busy: boolean;
  readonly onResolve: (verdict: Verdict) => void;
  readonly onResend: () => void;
  readonly onCancel: () => void;
}

function Buttons({ detail, busy, onResolve, onResend, onCancel }: Offered): ReactNode {
  const who = useWorkspace();
  const show = useShow();
  const { status, resentAs, permalink } = detail;
  return (
    <Group gap="xs">
      {permalink ? (
        <Button
          size="xs"
          variant="default"
          component="a"
          href={permalink}
          target="_blank"
          rel="noreferrer"
          rightSection={<Icon name="external" size={14} />}
        >
          {page.simulatedSlackUrl === undefined ? 'Open in Slack' : 'Open in the simulated Slack'}
        </Button>
      ) : null}
      {status === 'UNCONFIRMED' && maySettle(detail, who) ? <Unconfirmed busy={busy} onResolve={onResolve} /> : null}
      {CANCELABLE.includes(status) && mayCancel(detail, who) ? (
        <Button size="xs" variant="default" loading={busy} onClick={onCancel}>
          Cancel it
        </Button>
      ) : null}
      {RESENDABLE.includes(status) && !resentAs && mayResend(detail, who) ? (
        <Button size="xs" onClick={onResend}>
          Resend
        </Button>
      ) : null}
      {resentAs ? (
        <Button size="xs" variant="default" onClick={() => show(resentAs.id)}>
          See its resend
        </Button>
      ) : null}
    </Group>
  );
}

/** Resends it, and shows the new one in its place; whoever has left that place is only told. */
function useResend(mending: ReturnType<typeof useMending>, onDone: () => void): (reason: string) => Promise<void> {
  const show = useShow();
  const isShown = useIsShown();
  return async (reason) => {
    const created = await mending.resend(reason);
    if (created === undefined) return;
    if (!isShown()) {
      notifications.show({ message: 'Resent, as a new notification.' });
      return;
    }
    onDone();
    notifications.show({ message: 'Resent: this is the new notification.' });
    show(created);
  };
}

/** Cancel, resend, say what Slack has, go there. */
export function Actions({ detail }: { detail: Detail }): ReactNode {
  const who = useWorkspace();
  const mending = useMending(detail.id);
  const [opening, setOpening] = useState(0);
  const [isResending, setResending] = useState(false);
  // What failed before the dialog was opened, or when it was open the last time, is no news in it.
  const about = isResending ? `resend ${opening}` : '';
  const { go, busy, error } = useChange(about);
  const close = (): void => setResending(false);
  const open = (): void => {
    setOpening((before) => before + 1);
    setResending(true);
  };
  useDialogAbove(isResending);
  const resend = useResend(mending, close);
  const cancel = async (): Promise<void> => {
    // To send that one after all is what the dialog of a resend warns of.
    if ((await mending.cancel()) === 'UNCONFIRMED') {
      const message = 'It will not be sent again, but an earlier try may have posted it: look in the channel.';
      notifications.show({ color: 'yellow', title: 'Canceled, but not confirmed', message });
      return;
    }
    const [title, text] = ['Canceled', 'It will not be sent.'] as const;
    // A resend is sent at once, whenever the canceled one was due.
    const label = detail.scheduledFor ? 'Send it now' : 'Send it after all';
    if (mayResend(detail, who)) showUndo(title, text, () => resend('Canceled by mistake'), label);
    else notifications.show({ title, message: text });
  };
  const resolve = async ({ isThere, noted }: Verdict): Promise<void> => {
    await mending.resolve(isThere);
    notifications.show({ message: noted });
  };
  return (
    <Stack gap="xs" align="flex-end">
      <Buttons
        detail={detail}
        busy={busy}
        onResolve={(verdict) => void go(verdict.says, () => resolve(verdict))}
        onResend={open}
        onCancel={() => void go('Cancel it', cancel)}
      />
      {error && !isResending ? <Trouble error={error} /> : null}
      <ResendDialog
        opened={isResending}
        onClose={close}
        isUnconfirmed={detail.status === 'UNCONFIRMED'}
        error={error}
        busy={busy}
        onResend={(reason) => void go('Resend', () => resend(reason))}
      />
    </Stack>
  );
}
