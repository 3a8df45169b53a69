import type { Settings } from './settings.ts';

/** How long `serve` may take to stop: longer than a send should take, shorter than the patience of whoever stops it. */
export const STOP_WITHIN_MS = 14_000;

/** Each: what is legal and hardly meant, by the setting's name, with what comes of it. */
export const warningsOf = (given: Settings): string[] => {
  const warnings: string[] = [];
  if (given.NODE_ENV === 'production' && given.PUBLIC_URL === undefined) {
    const address = `http://localhost:${given.PORT}`;
    warnings.push(
      `PUBLIC_URL: is not given, so links and Slack's redirect URI lead to ${address} on whoever's machine`,
    );
  }
  if (given.PUBLIC_URL !== undefined && new URL(given.PUBLIC_URL).pathname !== '/') {
    warnings.push(
      'PUBLIC_URL: has a path, below which the API and what Slack calls may be published; ' +
        'the admin and the playground work at the root of a host only',
    );
  }
  const settledAfterSeconds = given.SLACK_TIMEOUT_MS / 1000 + given.CONFIRM_SETTLE_SECONDS;
  if (given.CONFIRM_MAX_HOLD_SECONDS < settledAfterSeconds) {
    warnings.push(
      `CONFIRM_MAX_HOLD_SECONDS: ends before SLACK_TIMEOUT_MS and CONFIRM_SETTLE_SECONDS (${settledAfterSeconds} s) have passed, ` +
        'so no message whose answer was lost is ever found to be absent and sent again',
    );
  }
  if (given.SLACK_TIMEOUT_MS > STOP_WITHIN_MS) {
    warnings.push(
      `SLACK_TIMEOUT_MS: is longer than the ${STOP_WITHIN_MS} ms in which a process stops, so a message that is being sent then must be looked up`,
    );
  }
  if (given.STATUS_LOG_DAYS > given.HISTORY_DAYS) {
    warnings.push('STATUS_LOG_DAYS: a change is kept no longer than its notification, so HISTORY_DAYS holds instead');
  }
  return warnings;
};
