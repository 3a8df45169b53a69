import { toUserError } from '../graphql/user-errors.ts';
import type { UserError } from '../graphql/user-error.types.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { Notification } from './notification.entity.ts';
import { viewOf } from './notification.view.ts';
import type { SendResult } from './send-draft.ts';
import { IdempotencyConflictError, type SendNotificationPayload } from './send.types.ts';

/** What became of a message, for whichever mutation made it. */
export const sendPayload = (result: SendResult): SendNotificationPayload => {
  const notification = result.notification ? viewOf(result.notification) : null;
  if (result.kind === 'accepted') return { notification, deduplicated: result.deduplicated, userErrors: [] };
  const error = sendError(result.refusal, result.notification);
  // A conflict names the notification in its error; the send itself made none.
  const conflict = result.refusal.code === 'IDEMPOTENCY_CONFLICT';
  return { notification: conflict ? null : notification, deduplicated: false, userErrors: [error] };
};

const sendError = (refusal: Refusal, existing: Notification | undefined): UserError => {
  if (refusal.code !== 'IDEMPOTENCY_CONFLICT' || !existing) return toUserError(refusal);
  return Object.assign(new IdempotencyConflictError(), toUserError(refusal), { existing: viewOf(existing) });
};
