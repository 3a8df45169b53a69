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

/** Saves and deletes; a deleted one can be had back, since everything of it is still here. */
export function useSaving(eventType: EventTypePartsFragment): Saving {
  const { workspaceId } = useWorkspace();
  const [, go] = useLocation();
  const options = {
    refetchQueries: [{ query: EventTypesDocument, variables: { workspaceId } }],
    awaitRefetchQueries: true,
  };
  const [runSave, saving] = useMutation(SaveEventTypeDocument, options);
  const [runDelete, deleting] = useMutation(DeleteEventTypeDocument, options);
  const [errors, setErrors] = useState<readonly UserErrorPartsFragment[]>([]);
  const save = async (draft: Draft): Promise<void> => {
    const { context, ...fields } = draft;
    const input = { ...fields, workspaceId, sampleContext: contextOf(context) ?? {} };
    const answer = await runSave({ variables: { input } }).catch(() => undefined);
    const payload = answer?.data?.saveEventType;
    setErrors(payload?.userErrors ?? []);
    if (!payload?.eventType) return;
    notifications.show({ message: `${payload.eventType.title} is saved.` });
    go(`/event-types/${encodeURIComponent(payload.eventType.key)}`, { replace: true });
  };
  const remove = async (): Promise<void> => {
    const answer = await runDelete({ variables: { input: { workspaceId, key: eventType.key } } }).catch(
      () => undefined,
    );
    const payload = answer?.data?.deleteEventType;
    setErrors(payload?.userErrors ?? []);
    if (!payload?.deleted) return;
    go('/event-types');
    showUndo(`${eventType.title} is deleted`, 'Triggers that name it are refused from now on.', () =>
      save(draftOf(eventType)),
    );
  };
  return { save, remove, isSaving: saving.loading, errors, error: saving.error ?? deleting.error };
}
