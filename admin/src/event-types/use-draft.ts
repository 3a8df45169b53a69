import type { EventTypePartsFragment } from '../../generated/graphql.ts';
import { useKeptEdits } from '../shell/kept-edits.ts';
import { type Draft, draftOf } from './draft.ts';

const NOTHING: Partial<Draft> = {};

interface Drafting {
  readonly draft: Draft;
  /** It says something else than what is stored. */
  readonly isEdited: boolean;
  readonly change: (changes: Partial<Draft>) => void;
  readonly discard: () => void;
  /** Shows what is stored by now, unless more was typed since it was sent. */
  readonly saved: (stored: Draft) => void;
  /** Likewise, unless more was typed since it was saved. */
  readonly hadBack: (stored: Draft) => void;
  readonly deleted: () => void;
}

const isSame = (one: Draft, other: Draft): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Only what was typed lies over what is stored: others may change the rest meanwhile. */
const typedIn = (draft: Draft, stored: Draft): Partial<Draft> =>
  Object.fromEntries(Object.entries(draft).filter(([name, value]) => value !== stored[name as keyof Draft]));

/** What stands in the form: what is stored, and over it what was typed, which is found again as long as it is not saved. */
export function useDraft(eventType: EventTypePartsFragment, name: string): Drafting {
  const { edits, hasKept, isKept, keep, drop } = useKeptEdits(name, NOTHING);
  const stored = draftOf(eventType);
  const draft = { ...stored, ...edits };
  const show = (shown: Partial<Draft>): void => {
    keep(shown);
    drop();
  };
  return {
    draft,
    isEdited: !isSame(draft, stored),
    change: (changes) => {
      const typed = typedIn({ ...draft, ...changes }, stored);
      keep(typed);
      if (isSame(stored, { ...stored, ...typed })) drop();
    },
    discard: () => show(NOTHING),
    saved: (now) => {
      if (isKept(edits)) show(now);
    },
    hadBack: (before) => {
      if (!hasKept()) show(before);
    },
    deleted: drop,
  };
}
