/** Which types an interface stands for: without this the cache gives none of an unlisted type's fields. A test compares. */
export const POSSIBLE_TYPES = {
  UserError: [
    'IdempotencyConflictError',
    'InvalidTemplateError',
    'QueueFullError',
    'SimpleUserError',
    'TeamMismatchError',
  ],
};
