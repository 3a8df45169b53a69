import { Button, type ButtonProps, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { InstallIntent } from '../../generated/graphql.ts';
import { Refused } from '../api/errors.ts';
import { page } from '../page.ts';
import { Trouble } from '../parts/notices.tsx';
import { useBeginInstall } from './install.ts';

interface Connect extends ButtonProps {
  readonly intent: InstallIntent;
  /** The connection to reconnect or to join. */
  readonly connectionId?: string;
  readonly children: ReactNode;
}

const isElsewhere = (error: unknown): boolean =>
  error instanceof Refused &&
  error.userErrors.some(({ code }) => code === 'RETURN_ORIGIN_NOT_ALLOWED') &&
  page.publicUrl !== location.origin;

/** Leads to Slack's consent page, or says why it cannot. */
export function ConnectButton({ intent, connectionId, children, ...look }: Connect): ReactNode {
  const { begin, busy, error } = useBeginInstall();
  return (
    <Stack gap="xs" align="flex-start">
      <Button loading={busy} onClick={() => begin(intent, connectionId)} {...look}>
        {children}
      </Button>
      {error ? <Trouble error={error} /> : null}
      {isElsewhere(error) ? <a href={`${page.publicUrl}/admin`}>Open this page at {page.publicUrl} instead</a> : null}
    </Stack>
  );
}
