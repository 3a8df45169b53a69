import { useApolloClient } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { useLocation } from 'wouter';
import {
  DeleteEventTypeDocument,
  type EventTypePartsFragment,
  EventTypesDocument,
  SaveEventTypeDocument,
} from '../../generated/graphql.ts';
import { done } from '../api/errors.ts';
import { readAfterwards } from '../api/read-afterwards.ts';
import { useChange } from '../parts/change.ts';
import { useIsShown } from '../parts/shown.ts';
import { showUndo } from '../parts/undo.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { addressOf } from './address.ts';
import { contextOf, type Draft, draftOf } from './draft.ts';

interface Saving {
  readonly save: (draft: Draft) => Promise<void>;
  readonly remove: () => Promise<void>;
  readonly isSaving: boolean;
  /** Why the latest of the two failed. */
  readonly error: unknown;
}

interface Shows {
  readonly hadBack: (before: Draft) => void;
  /** As it is stored: the server may have written it otherwise than it was typed. */
  readonly saved: (stored: Draft) => void;
  readonly deleted: () => void;
}

/** Saves and deletes; what was there before can be had back, since everything of it is still here. */
export function useSaving(eventType: EventTypePartsFragment, shows: Shows): Saving {
  const { workspaceId } = useWorkspace();
  const client = useApolloClient();
  const [, go] = useLocation();
  const list = `/admin/w/${encodeURIComponent(workspaceId)}/event-types`;
  const isShown = useIsShown();
  const readAgain = () => readAfterwards(client, [{ query: EventTypesDocument, variables: { workspaceId } }]);
  const store = async ({ context, ...fields }: Draft): Promise<EventTypePartsFragment | null | undefined> => {
    const input = { ...fields, workspaceId, sampleContext: contextOf(context) ?? {} };
    const { data } = await client.mutate({ mutation: SaveEventTypeDocument, variables: { input } });
    await readAgain();
    return done(data?.saveEventType).eventType;
  };
  const haveBack = async (): Promise<void> => {
    const before = draftOf(eventType);
    const restored = await store(before);
    if (!restored) return;
    shows.hadBack(before);
    // From the list nobody is taken away from anything.
    if (location.pathname === list) go(addressOf(restored.key), { replace: true });
    notifications.show({ message: `${restored.title} is as it was.` });
  };
  const save = async (draft: Draft): Promise<void> => {
    const saved = await store(draft);
    if (!saved) return;
    if (isShown()) go(addressOf(saved.key), { replace: true });
    shows.saved(draftOf(saved));
    const text = `${saved.title} is saved`;
    if (saved.key === eventType.key) showUndo(text, 'What is triggered from now on reads so.', haveBack);
    else notifications.show({ message: `${text}.` });
  };
  const remove = async (): Promise<void> => {
    // Once it is not listed any more its editor is not shown either.
    const begunAt = location.pathname;
    const variables = { input: { workspaceId, key: eventType.key } };
    const { data } = await client.mutate({ mutation: DeleteEventTypeDocument, variables });
    await readAgain();
    if (!done(data?.deleteEventType).deleted) return;
    shows.deleted();
    if (location.pathname === begunAt) go('/event-types');
    showUndo(`${eventType.title} is deleted`, 'Triggers that name it are refused from now on.', haveBack);
  };
  const changing = useChange();
  return {
    save: (draft) => changing.go(`Save ${draft.title}`, () => save(draft)),
    remove: () => changing.go(`Delete ${eventType.title}`, remove),
    isSaving: changing.busy,
    error: changing.error,
  };
}
