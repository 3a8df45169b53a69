import { randomWord } from './random.ts';

export type TokenKind = 'bot' | 'user';

/** What one principal (the bot or one person, of one app in one team) has been granted. */
export interface Grant {
  readonly key: string;
  readonly kind: TokenKind;
  /** null for an org-wide grant. */
  readonly teamId: string | null;
  readonly enterpriseId: string | null;
  readonly userId: string;
  scopes: string[];
  rotating: boolean;
  /** Why it ended, in Slack's word; null while it lives. */
  endedAs: string | null;
}

export interface TokenRecord {
  readonly value: string;
  readonly grantKey: string;
  readonly use: 'access' | 'refresh';
  readonly createdAt: number;
  readonly expiresAt: number | null;
  revokedAs: string | null;
  /** Refresh tokens: when it was first used; the grace runs from here. */
  usedAt: number | null;
}

export interface IssuedTokens {
  readonly grant: Grant;
  readonly access: TokenRecord;
  readonly refresh: TokenRecord | null;
}

export type Authentication = { kind: 'ok'; grant: Grant; token: TokenRecord } | { kind: 'refused'; error: string };

export interface GrantRequest {
  kind: TokenKind;
  teamId: string | null;
  enterpriseId: string | null;
  userId: string;
  scopes: readonly string[];
  rotating: boolean;
}

export interface GrantTimes {
  nowMs(): number;
  lifetimeMs(): number;
  graceMs(): number;
}

export interface GrantSnapshot {
  grants: Grant[];
  tokens: TokenRecord[];
}

/** Slack keeps at most this many access tokens of one authorization alive. */
const MAX_ACTIVE_ACCESS_TOKENS = 2;

export class GrantBook {
  readonly #times: GrantTimes;
  readonly #onChange: () => void;
  readonly #grants = new Map<string, Grant>();
  readonly #tokens = new Map<string, TokenRecord>();

  constructor(times: GrantTimes, onChange: () => void) {
    this.#times = times;
    this.#onChange = onChange;
  }

  /** Scopes add up while a grant lives. Without rotation the same principal gets the same token again. */
  grant(request: GrantRequest): IssuedTokens {
    const key = `${request.teamId ?? request.enterpriseId ?? ''}:${request.userId}`;
    const living = this.#grants.get(key);
    const grant = living !== undefined && living.endedAs === null ? living : newGrant(key, request);
    grant.scopes = [...new Set([...grant.scopes, ...request.scopes])];
    grant.rotating ||= request.rotating;
    this.#grants.set(key, grant);
    const issued = grant.rotating
      ? this.#issuePair(grant)
      : { grant, access: this.#lastingToken(grant), refresh: null };
    this.#onChange();
    return issued;
  }

  /** Refresh tokens open nothing; only `auth.revoke` takes them. */
  authenticate(value: string, refreshToo = false): Authentication {
    const token = this.#tokens.get(value);
    const grant = token === undefined ? undefined : this.#grants.get(token.grantKey);
    if (token === undefined || grant === undefined) return { kind: 'refused', error: 'invalid_auth' };
    if (token.use === 'refresh' && !refreshToo) return { kind: 'refused', error: 'invalid_auth' };
    if (token.revokedAs !== null) return { kind: 'refused', error: token.revokedAs };
    if (token.expiresAt !== null && token.expiresAt <= this.#times.nowMs())
      return { kind: 'refused', error: 'token_expired' };
    return { kind: 'ok', grant, token };
  }

  /** Single use with a short grace, in which a second refresh succeeds as well: two pairs, as at Slack. */
  refresh(value: string): IssuedTokens | null {
    const token = this.#tokens.get(value);
    const grant = token === undefined ? undefined : this.#grants.get(token.grantKey);
    if (token === undefined || grant === undefined || token.use !== 'refresh' || token.revokedAs !== null) return null;
    const now = this.#times.nowMs();
    if (token.usedAt !== null && now - token.usedAt > this.#times.graceMs()) return null;
    token.usedAt ??= now;
    const issued = this.#issuePair(grant);
    this.#onChange();
    return issued;
  }

  grantOfToken(value: string): Grant | null {
    const token = this.#tokens.get(value);
    return token === undefined ? null : (this.#grants.get(token.grantKey) ?? null);
  }

  revokeToken(token: TokenRecord): void {
    token.revokedAs = 'token_revoked';
    this.#onChange();
  }

  /** Ends every token of the principal. */
  endGrant(grant: Grant, error: string): void {
    grant.endedAs = error;
    for (const token of this.#tokens.values()) {
      if (token.grantKey === grant.key) token.revokedAs ??= error;
    }
    this.#onChange();
  }

  livingGrants(teamId: string): Grant[] {
    return [...this.#grants.values()].filter((grant) => grant.teamId === teamId && grant.endedAs === null);
  }

  all(): { grant: Grant; token: TokenRecord }[] {
    return [...this.#tokens.values()].flatMap((token) => {
      const grant = this.#grants.get(token.grantKey);
      return grant === undefined ? [] : [{ grant, token }];
    });
  }

  snapshot(): GrantSnapshot {
    return { grants: [...this.#grants.values()], tokens: [...this.#tokens.values()] };
  }

  restore(snapshot: GrantSnapshot): void {
    this.#grants.clear();
    this.#tokens.clear();
    for (const grant of snapshot.grants) this.#grants.set(grant.key, grant);
    for (const token of snapshot.tokens) this.#tokens.set(token.value, token);
  }

  #issuePair(grant: Grant): IssuedTokens {
    const access = this.#newToken(grant, 'access', this.#times.lifetimeMs());
    const refresh = this.#newToken(grant, 'refresh', null);
    const active = [...this.#tokens.values()].filter(
      (token) =>
        token.grantKey === grant.key && token.use === 'access' && token.revokedAs === null && !this.#isExpired(token),
    );
    for (const extra of active.slice(0, -MAX_ACTIVE_ACCESS_TOKENS)) extra.revokedAs = 'token_revoked';
    return { grant, access, refresh };
  }

  #lastingToken(grant: Grant): TokenRecord {
    const same = [...this.#tokens.values()].find((token) => token.grantKey === grant.key && token.revokedAs === null);
    return same ?? this.#newToken(grant, 'access', null);
  }

  #isExpired(token: TokenRecord): boolean {
    return token.expiresAt !== null && token.expiresAt <= this.#times.nowMs();
  }

  #newToken(grant: Grant, use: TokenRecord['use'], lifetimeMs: number | null): TokenRecord {
    const now = this.#times.nowMs();
    const token: TokenRecord = {
      value: use === 'refresh' ? `xoxe-1-${randomWord(64)}` : accessTokenText(grant),
      grantKey: grant.key,
      use,
      createdAt: now,
      expiresAt: lifetimeMs === null ? null : now + lifetimeMs,
      revokedAs: null,
      usedAt: null,
    };
    this.#tokens.set(token.value, token);
    return token;
  }
}

function newGrant(key: string, request: GrantRequest): Grant {
  const { kind, teamId, enterpriseId, userId } = request;
  return { key, kind, teamId, enterpriseId, userId, scopes: [], rotating: request.rotating, endedAs: null };
}

function accessTokenText(grant: Grant): string {
  const prefix = grant.kind === 'bot' ? 'xoxb' : 'xoxp';
  return grant.rotating ? `xoxe.${prefix}-1-${randomWord(80)}` : `${prefix}-${randomWord(12)}-${randomWord(24)}`;
}
