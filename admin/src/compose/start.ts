import { useState } from 'react';
import type { useIdentities } from '../identity/use-identities.ts';
import type { Place } from './draft.ts';

type Selected = Pick<ReturnType<typeof useIdentities>, 'selection' | 'isReading'>;

const startOf = (selection: Selected['selection']): Place | undefined =>
  selection?.identity.usable === true
    ? { identityId: selection.identity.id, channel: selection.defaultChannel ?? null }
    : undefined;

/**
 * What is selected is where one begins; it is visible, and can be changed. What is selected later, on another page, or can
 * be posted as no more, changes nothing of a message that was begun: it would go elsewhere than its writer has seen.
 */
export function useStart({ selection, isReading }: Selected): Place | undefined {
  const now = startOf(selection);
  const [first, setFirst] = useState<Place>();
  if (first === undefined && now !== undefined && !isReading) setFirst(now);
  return first ?? now;
}
