import { useSessionStorage } from '@mantine/hooks';
import { useState } from 'react';
import { draftKeyOf } from '../session/kept.ts';
import { useWorkspace } from '../shell/workspace-context.tsx';
import type { Draft } from './draft.ts';

interface KeptEdits {
  readonly edits: Partial<Draft>;
  readonly keep: (edits: Partial<Draft>) => void;
  /** What was sent is not found again: it would look unsent. */
  readonly drop: () => void;
}

/** What somebody changed in a message, kept for this tab: what mends a connection leads to Slack and back. */
export function useKeptEdits(name: string, begun: Partial<Draft>): KeptEdits {
  const { workspaceId, userId } = useWorkspace();
  const [kept, store, drop] = useSessionStorage<Partial<Draft> | undefined>({
    key: draftKeyOf(userId, workspaceId, name),
    defaultValue: undefined,
    getInitialValueInEffect: false,
  });
  const [edits, setEdits] = useState(kept ?? begun);
  const keep = (changed: Partial<Draft>): void => {
    setEdits(changed);
    store(changed);
  };
  return { edits, keep, drop };
}
