import type { SlackAnswer } from '../slack/gateway.ts';

/** A token that Slack no longer knows needs no revoking: asking again after a lost answer ends well. */
const ALREADY_ENDED: ReadonlySet<string> = new Set([
  'token_revoked',
  'invalid_auth',
  'account_inactive',
  'token_expired',
]);

/** Nobody will end it any more: by then Slack has been asked for a month, or the key that opens it has been missing. */
export const MAX_AGE_DAYS = 30;
const DAY_MS = 86_400_000;
export const isTooOld = (createdAt: Date, now: Date): boolean =>
  now.getTime() - createdAt.getTime() > MAX_AGE_DAYS * DAY_MS;

const DELAYS_SECONDS = [5, 30, 120, 600, 1800] as const;
const LONGEST_DELAY_SECONDS = 3600;

export type RevokeResult =
  | { readonly kind: 'revoked' }
  /** `settled`: Slack has answered, so nothing of this call is still on its way. */
  | { readonly kind: 'retry'; readonly afterSeconds: number; readonly error: string; readonly settled: boolean };

const delaySeconds = (attempts: number): number => DELAYS_SECONDS[attempts - 1] ?? LONGEST_DELAY_SECONDS;

/** What came of a call to auth.revoke, the `attempts`-th for this token. */
export const revokeResult = (answer: SlackAnswer<{ revoked: boolean }>, attempts: number): RevokeResult => {
  const retry = (error: string, settled: boolean, atLeastSeconds = 0): RevokeResult => {
    return { kind: 'retry', error, settled, afterSeconds: Math.max(delaySeconds(attempts), atLeastSeconds) };
  };
  switch (answer.kind) {
    case 'ok':
      return answer.value.revoked ? { kind: 'revoked' } : retry('not_revoked', true);
    case 'refused':
      return ALREADY_ENDED.has(answer.error) ? { kind: 'revoked' } : retry(answer.error, true);
    case 'rateLimited':
      return retry('ratelimited', true, answer.retryAfterSeconds);
    case 'unavailable':
      return retry(answer.detail, false);
  }
};
