import type { Settings } from './settings.ts';

/** Each: what is legal and hardly meant, by the setting's name, with what comes of it. */
export const warningsOf = (given: Settings): string[] => {
  const warnings: string[] = [];
  if (given.NODE_ENV === 'production' && given.PUBLIC_URL === undefined) {
    const address = `http://localhost:${given.PORT}`;
    warnings.push(
      `PUBLIC_URL: is not given, so links and Slack's redirect URI lead to ${address} on whoever's machine`,
    );
  }
  return warnings;
};
