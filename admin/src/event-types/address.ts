/** Where an event type stands that is not saved yet. No key begins so. */
const NEW = '+new';

export const isNewKey = (key: string | undefined): boolean => key === NEW;

export const addressOf = (key: string): string => `/event-types/${encodeURIComponent(key)}`;

/** The form of a new one, filled as another is, where one is named. */
export const addressOfNew = (from?: string): string =>
  `/event-types/${NEW}${from === undefined ? '' : `?from=${encodeURIComponent(from)}`}`;
