import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useMemo } from 'react';
import { useSearchParams } from 'wouter';
import { NotificationDrawer } from '../notification/notification-drawer.tsx';
import { Heading } from '../parts/heading.tsx';
import { Trouble } from '../parts/notices.tsx';
import { FilterBar } from './filter-bar.tsx';
import { filterOf } from './filter.ts';
import { HistoryList } from './history-list.tsx';
import { ResendFailed } from './resend-failed.tsx';
import { useHistory } from './use-history.ts';

export function Notifications(): ReactNode {
  const [address, setAddress] = useSearchParams();
  const open = address.get('n');
  // The opened notification is no filter: opening one must not read the list anew.
  const filterText = useMemo(() => {
    const rest = new URLSearchParams(address);
    rest.delete('n');
    return rest.toString();
  }, [address]);
  const filter = useMemo(() => filterOf(new URLSearchParams(filterText)), [filterText]);
  const history = useHistory(filter);
  const [isResending, { open: openResend, close: closeResend }] = useDisclosure();
  const show = (id: string | null): void => {
    const change = (before: URLSearchParams): URLSearchParams => {
      const next = new URLSearchParams(before);
      if (id === null) next.delete('n');
      else next.set('n', id);
      return next;
    };
    // What was closed is not on the way back.
    setAddress(change, { replace: id === null });
  };
  return (
    <>
      <Heading
        title="Notifications"
        actions={
          <Group gap="xs">
            <Button variant="default" onClick={openResend}>
              Resend failed …
            </Button>
          </Group>
        }
      >
        Everything that was sent, newest first. Rows change by themselves.
      </Heading>
      <FilterBar address={address} onChange={setAddress} />
      {history.error ? <Trouble error={history.error} onRetry={() => void history.showNew()} /> : null}
      <HistoryList history={history} isFiltered={filterText !== ''} onOpen={show} />
      <NotificationDrawer id={open} onClose={() => show(null)} />
      <ResendFailed opened={isResending} onClose={closeResend} />
    </>
  );
}
