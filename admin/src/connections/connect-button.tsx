import { Button, type ButtonProps, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { InstallIntent } from '../../generated/graphql.ts';
import { page } from '../page.ts';
import { Trouble, UserErrors } from '../parts/notices.tsx';
import { useBeginInstall } from './install.ts';

interface Connect extends ButtonProps {
  readonly intent: InstallIntent;
  /** The connection to reconnect or to join. */
  readonly connectionId?: string;
  readonly children: ReactNode;
}

/** Leads to Slack's consent page, or says why it cannot. */
export function ConnectButton({ intent, connectionId, children, ...look }: Connect): ReactNode {
  const { begin, busy, errors, error } = useBeginInstall();
  return (
    <Stack gap="xs" align="flex-start">
      <Button loading={busy} onClick={() => void begin(intent, connectionId)} {...look}>
        {children}
      </Button>
      <UserErrors errors={errors} />
      {errors.some(({ code }) => code === 'RETURN_ORIGIN_NOT_ALLOWED') && page.publicUrl !== location.origin ? (
        <a href={`${page.publicUrl}/admin`}>Open this page at {page.publicUrl} instead</a>
      ) : null}
      {error ? <Trouble error={error} /> : null}
    </Stack>
  );
}
