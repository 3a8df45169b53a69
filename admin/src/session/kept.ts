const PREFIX = 'heliograph.draft:';

/** Where this tab keeps what somebody is writing. */
export const draftKeyOf = (...whose: readonly string[]): string => `${PREFIX}${JSON.stringify(whose)}`;

/** The next person at this tab finds nothing of what was being written. */
export function forgetDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}
