import { useMutation } from '@apollo/client/react';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  DeleteEventTypeDocument,
  type EventTypePartsFragment,
  EventTypesDocument,
  SaveEventTypeDocument,
  type UserErrorPartsFragment,
} from '../../generated/graphql.ts';
import { showUndo } from '../parts/undo.tsx';
import { useWorkspace } from '../shell/workspace-context.tsx';
import { contextOf, type Draft, draftOf } from './draft.ts';

interface Saving {
  readonly save: (draft: Draft) => Promise<void>;
  readonly remove: () => Promise<void>;
  readonly isSaving: boolean;
  readonly errors: readonly UserErrorPartsFragment[];
  readonly error: unknown;
}

/** Saves and deletes; what was there before can be had back, since everything of it is still here. */
export function useSaving(eventType: EventTypePartsFragment, onHadBack: (before: Draft) => void): Saving {
  const { workspaceId } = useWorkspace();
  const [, go] = useLocation();
  const options = {
    refetchQueries: [{ query: EventTypesDocument, variables: { workspaceId } }],
    awaitRefetchQueries: true,
  };
  const [runSave, saving] = useMutation(SaveEventTypeDocument, options);
  const [runDelete, deleting] = useMutation(DeleteEventTypeDocument, options);
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const store = async (draft: Draft): Promise<EventTypePartsFragment | undefined> => {
    const { context, ...fields } = draft;
    const input = { ...fields, workspaceId, sampleContext: contextOf(context) ?? {} };
    const answer = await runSave({ variables: { input } }).catch(() => undefined);
    const payload = answer?.data?.saveEventType;
    setErrors(payload?.userErrors ?? []);
    if (!payload?.eventType) return undefined;
    go(`/event-types/${encodeURIComponent(payload.eventType.key)}`, { replace: true });
    return payload.eventType;
  };
  const haveBack = async (): Promise<void> => {
    const before = draftOf(eventType);
    const restored = await store(before);
    if (!restored) return;
    onHadBack(before);
    notifications.show({ message: `${restored.title} is as it was.` });
  };
  const save = async (draft: Draft): Promise<void> => {
    const saved = await store(draft);
    if (!saved) return;
    const text = `${saved.title} is saved`;
    if (saved.key === eventType.key) showUndo(text, 'What is triggered from now on reads so.', haveBack);
    else notifications.show({ message: `${text}.` });
  };
  const remove = async (): Promise<void> => {
    const answer = await runDelete({ variables: { input: { workspaceId, key: eventType.key } } }).catch(
      () => undefined,
    );
    const payload = answer?.data?.deleteEventType;
    setErrors(payload?.userErrors ?? []);
    if (!payload?.deleted) return;
    go('/event-types');
    showUndo(`${eventType.title} is deleted`, 'Triggers that name it are refused from now on.', haveBack);
  };
  return { save, remove, isSaving: saving.loading, errors, error: saving.error ?? deleting.error };
}
