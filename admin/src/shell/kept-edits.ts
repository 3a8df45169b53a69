import { readSessionStorageValue, useSessionStorage } from '@mantine/hooks';
import { useState } from 'react';
import { draftKeyOf } from '../session/kept.ts';
import { useWorkspace } from './workspace-context.tsx';

interface KeptEdits<Edits> {
  readonly edits: Edits;
  readonly hasKept: () => boolean;
  /** Whether nothing was changed since, here or on a later visit. */
  readonly isKept: (edits: Edits) => boolean;
  readonly keep: (edits: Edits) => void;
  /** What was sent or saved is not found again: it would look as if it was not. What was changed since `sent` is. */
  readonly drop: (sent?: Edits) => void;
}

/** What somebody changed in `name`, kept for this tab: also over a trip to Slack and back. */
export function useKeptEdits<Edits extends object>(name: string, begun: Edits): KeptEdits<Edits> {
  const { workspaceId, userId } = useWorkspace();
  const key = draftKeyOf(userId, workspaceId, name);
  const [kept, store, remove] = useSessionStorage<Edits | undefined>({
    key,
    defaultValue: undefined,
    getInitialValueInEffect: false,
  });
  const [edits, setEdits] = useState(kept ?? begun);
  const keep = (changed: Edits): void => {
    setEdits(changed);
    store(changed);
  };
  const now = (): unknown => readSessionStorageValue({ key });
  const isKept = (some: Edits): boolean => JSON.stringify(now()) === JSON.stringify(some);
  const drop = (sent?: Edits): void => {
    if (sent === undefined || isKept(sent)) remove();
  };
  return { edits, hasKept: () => now() !== undefined, isKept, keep, drop };
}
