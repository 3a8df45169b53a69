import type { RefreshedGrant, SlackAnswer } from '../slack/gateway.ts';
import type { PrincipalKind } from './credential.entity.ts';
import type { Principal } from './principal.policy.ts';

/** A token with less than this left is replaced while it still works. */
export const REFRESH_BEFORE_SECONDS = 7200;

/** Codes that speak of one refresh token and not of the grant: a pair that it brought earlier may live. */
const TOKEN_IS_USED_UP = ['invalid_refresh_token', 'invalid_grant'] as const;

/** Codes by which Slack says that this refresh token opens nothing any more, and that nothing but a person mends it. */
const ENDS_THE_GRANT: ReadonlySet<string> = new Set([
  ...TOKEN_IS_USED_UP,
  'token_revoked',
  'token_expired',
  'account_inactive',
  'authorization_not_found',
  'two_factor_setup_required',
  'user_email_unverified',
]);

/** Quick at first: Slack takes a used refresh token only for a short grace, and the first answer may just be lost. */
const DELAYS_SECONDS = [1, 2, 5, 10, 30, 60, 120] as const;
const LONGEST_DELAY_SECONDS = 300;
/** Without a token nothing is delivered: however long Slack asks us to wait, it is asked once an hour. */
const LONGEST_LIMIT_SECONDS = 3600;
/** Slack answered, and the answer is not about us: asking again soon changes nothing. */
const FOREIGN_DELAY_SECONDS = 300;
/** However short a lifetime Slack gives, no token is replaced again at once: Slack keeps only two alive. */
const LONGEST_REST_SECONDS = 300;

export type RefreshResult =
  | { readonly kind: 'refreshed'; readonly granted: RefreshedGrant }
  /** The new pair belongs to somebody else: nothing is stored, and where Slack says to whom, it is given back. */
  | {
      readonly kind: 'foreign';
      readonly principal: Principal | undefined;
      readonly granted: RefreshedGrant;
      readonly afterSeconds: number;
    }
  | { readonly kind: 'ended'; readonly error: string }
  | { readonly kind: 'retry'; readonly result: RetryReason; readonly error: string; readonly afterSeconds: number };

type RetryReason = 'rate_limited' | 'unavailable' | 'refused';

const kindOf = ({ isBot }: RefreshedGrant): PrincipalKind => (isBot ? 'BOT' : 'USER');

/** An answer that names nobody contradicts nothing: it belongs to whom the refresh token belongs to. */
const isOf = (granted: RefreshedGrant, { appId, teamId, slackUserId, kind }: Principal): boolean =>
  granted.appId === appId &&
  granted.teamId === teamId &&
  (granted.userId ?? slackUserId) === slackUserId &&
  kindOf(granted) === kind;

/** Undefined where nobody is named: who uses such a grant cannot be counted, so it must not be revoked. */
const principalOf = (granted: RefreshedGrant): Principal | undefined => {
  const { appId, teamId, userId } = granted;
  return userId === undefined ? undefined : { appId, teamId, slackUserId: userId, kind: kindOf(granted) };
};

/** Only Slack's definite word ends a grant; no answer, a busy Slack or a broken one never do. */
export const refreshResult = (
  answer: SlackAnswer<RefreshedGrant>,
  owner: Principal,
  failures: number,
): RefreshResult => {
  const afterSeconds = DELAYS_SECONDS[failures] ?? LONGEST_DELAY_SECONDS;
  switch (answer.kind) {
    case 'ok': {
      const granted = answer.value;
      if (isOf(granted, owner)) return { kind: 'refreshed', granted };
      return { kind: 'foreign', principal: principalOf(granted), granted, afterSeconds: FOREIGN_DELAY_SECONDS };
    }
    case 'refused':
      return ENDS_THE_GRANT.has(answer.error)
        ? { kind: 'ended', error: answer.error }
        : { kind: 'retry', result: 'refused', error: answer.error, afterSeconds };
    case 'rateLimited':
      return {
        kind: 'retry',
        result: 'rate_limited',
        error: 'ratelimited',
        afterSeconds: Math.min(answer.retryAfterSeconds, LONGEST_LIMIT_SECONDS),
      };
    case 'unavailable':
      return { kind: 'retry', result: 'unavailable', error: answer.detail, afterSeconds };
  }
};

/** Is a problem disproved by a pair that the refused refresh token had brought, and that is stored only now? */
export const isOverWithNewPair = (problemCode: string | null): boolean =>
  TOKEN_IS_USED_UP.some((code) => code === problemCode);

/** How long a fresh pair is left alone, however little time Slack gives it. */
export const restSeconds = (expiresInSeconds: number): number => Math.min(expiresInSeconds / 2, LONGEST_REST_SECONDS);
