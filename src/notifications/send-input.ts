import type { SenderChoice } from '../identities/sender.service.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { SendInput } from './send-draft.ts';
import type { SenderInput, SendNotificationInput } from './send.types.ts';

/** Exactly one of the two: `@oneOf` has seen to it. */
export const senderChoice = ({ identityId, selectedBy }: SenderInput): SenderChoice =>
  identityId === undefined ? { selectedBy: selectedBy ?? '' } : { identityId };

/** A send as the service takes it: for whoever sends, and for whoever only asks what would come of it. */
export const sendInput = ({ sender, priority, onUnknownOutcome, ...input }: SendNotificationInput): SendInput => ({
  ...input,
  workspaceId: input.workspaceId as WorkspaceId,
  sender: senderChoice(sender),
  priority: priority ?? 'NORMAL',
  onUnknownOutcome: onUnknownOutcome ?? 'HOLD',
});
