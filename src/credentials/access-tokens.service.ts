import type { CredentialId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackAnswer } from '../slack/gateway.ts';
import type { CredentialVault, OpenedToken } from './credential-vault.service.ts';
import { REFRESH_BEFORE_SECONDS } from './refresh.policy.ts';
import type { RefreshRepository, RefreshRow } from './refresh.repository.ts';
import type { RefreshOutcome, RefreshService } from './refresh.service.ts';

/** A token to call Slack with, or why there is none. */
export type FreshToken =
  | Exclude<OpenedToken, { kind: 'ok' }>
  | { readonly kind: 'ok'; readonly token: Secret }
  /** It has expired and Slack gave no new one yet. */
  | { readonly kind: 'later'; readonly seconds: number };

/**
 * `unusable`: nothing was asked, because the principal has ended or its token is gone. `isUnreadable`: nothing was asked
 * either, since the token that is there cannot be opened.
 */
export type TokenAnswer<T> =
  | SlackAnswer<T>
  | { readonly kind: 'unusable' }
  | { readonly kind: 'unavailable'; readonly detail: string; readonly isUnreadable: true };

/** A revoked one may have made room: of a rotating grant Slack keeps two tokens alive, and any install makes one. */
const MAY_BE_REPLACED: ReadonlySet<string> = new Set(['token_expired', 'token_revoked']);

const isExpired = ({ leftSeconds }: RefreshRow): boolean => leftSeconds !== null && leftSeconds <= 0;

const isDue = ({ leftSeconds, refreshToken, isLeased, pauseSeconds }: RefreshRow): boolean =>
  leftSeconds !== null &&
  leftSeconds < REFRESH_BEFORE_SECONDS &&
  refreshToken !== null &&
  !isLeased &&
  pauseSeconds === 0;

/** Opens tokens for calls, refreshed where they need to be. */
export class AccessTokens {
  constructor(
    private readonly rows: RefreshRepository,
    private readonly vault: CredentialVault,
    private readonly refreshes: RefreshService,
  ) {}

  /** Waits only where the token has expired; one with little time left is used while a refresh is under way. */
  async fresh(id: CredentialId): Promise<FreshToken> {
    const row = await this.rows.find(id);
    if (row === undefined) return { kind: 'forgotten' };
    const opened = this.vault.openSealed(row);
    if (opened.kind !== 'ok') return opened;
    if (isExpired(row) && row.refreshToken !== null) return tokenOf(await this.refreshes.refresh(id, opened.token));
    if (isDue(row)) this.refreshes.refreshSoon(id, opened.token);
    return { kind: 'ok', token: opened.token };
  }

  /** Calls with a fresh token; where Slack says that it is the token, refreshes once and calls once more. */
  async call<T>(id: CredentialId, ask: (token: Secret) => Promise<SlackAnswer<T>>): Promise<TokenAnswer<T>> {
    const first = await this.fresh(id);
    if (first.kind !== 'ok') return withoutToken(first);
    const answer = await ask(first.token);
    if (answer.kind !== 'refused' || !MAY_BE_REPLACED.has(answer.error)) return answer;
    const outcome = await this.refreshes.refresh(id, first.token);
    if (outcome.kind === 'lasting') return answer;
    const second = tokenOf(outcome);
    return second.kind === 'ok' ? ask(second.token) : withoutToken(second);
  }
}

/** `lasting` cannot come from a row that has a refresh token, except where a reinstall took it away: then ask again later. */
const tokenOf = (outcome: RefreshOutcome): FreshToken => {
  if (outcome.kind === 'fresh') return { kind: 'ok', token: outcome.token };
  return outcome.kind === 'lasting' ? { kind: 'later', seconds: 1 } : outcome;
};

const withoutToken = (token: Exclude<FreshToken, { kind: 'ok' }>): TokenAnswer<never> => {
  switch (token.kind) {
    case 'later':
      return { kind: 'unavailable', detail: 'The token has expired, and Slack gave no new one yet.' };
    case 'unreadable':
      return { kind: 'unavailable', detail: 'The stored token cannot be opened.', isUnreadable: true };
    default:
      return { kind: 'unusable' };
  }
};
