import type { Refusal } from '../platform/user-error.ts';
import {
  InvalidTemplateError,
  QueueFullError,
  SimpleUserError,
  TeamMismatchError,
  type UserError,
} from './user-error.types.ts';

/**
 * A service's refusal as an entry of `userErrors`. An idempotency conflict carries a notification and is made in its
 * own feature; here it would come out without it.
 */
export function toUserError(refusal: Refusal): UserError {
  const { code, message, remedy, field, details } = refusal;
  const common = { code, message, remedy, field: field ? [...field] : null };
  if (details?.kind === 'teamMismatch') {
    const { expectedTeamId, actualTeamId } = details;
    return Object.assign(new TeamMismatchError(), common, { expectedTeamId, actualTeamId });
  }
  if (details?.kind === 'queueFull') {
    return Object.assign(new QueueFullError(), common, { retryAfterSeconds: details.retryAfterSeconds });
  }
  if (details?.kind === 'invalidTemplate') {
    const { line, column } = details;
    return Object.assign(new InvalidTemplateError(), common, { line, column });
  }
  return Object.assign(new SimpleUserError(), common);
}
