import type { EntityManager } from '@mikro-orm/postgresql';
import { LRUCache } from 'lru-cache';
import type { Database } from '../platform/database.ts';
import { databaseNow, secondsAfter } from '../platform/database-time.ts';
import type { CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { Credential } from './credential.entity.ts';
import type { CredentialRepository } from './credential.repository.ts';
import type { EndedPrincipal } from './ended-grant.policy.ts';
import { isOutdated, type GrantedTokens } from './principal.policy.ts';
import { isOverWithNewPair } from './refresh.policy.ts';
import { SealError, UnlistedKeyError, type Sealer, type SealContext } from './sealing.ts';

/** What of a credential's row is needed to open its token; the delivery claim reads it in its own statement. */
export interface SealedCredential {
  readonly id: CredentialId;
  readonly appId: string;
  readonly teamId: TeamId;
  readonly slackUserId: SlackUserId;
  readonly accessToken: Uint8Array | null;
  readonly problemCode: string | null;
  readonly problemSince: Date | null;
  readonly version: number;
}

export type OpenedToken =
  | { readonly kind: 'ok'; readonly token: Secret; readonly version: number }
  | { readonly kind: 'ended'; readonly problemCode: string; readonly since: Date }
  | { readonly kind: 'forgotten' }
  /** Changed, moved here from elsewhere, or sealed with a key that this process does not have: nothing is sent with it. */
  | { readonly kind: 'unreadable' };

export type TokenField = 'access_token' | 'refresh_token';

type Owner = Pick<Credential, 'id' | 'appId' | 'teamId' | 'slackUserId'>;

export const credentialContext = (owner: Owner, field: TokenField): SealContext => ({
  purpose: 'credential',
  appId: owner.appId,
  teamId: owner.teamId,
  principal: owner.slackUserId,
  rowId: owner.id,
  field,
});

export interface VaultNotices {
  /** Once for each end, whoever found it: a message, a refresh, a check, an event. */
  onEnded(principal: EndedPrincipal, slackError: string): void;
  onUnreadable(id: CredentialId, field: TokenField, error: SealError): void;
}

/** Many messages of one team are sent within this time, each with its token. */
const REMEMBERED_MS = 1000;
const MAX_REMEMBERED = 500;

/** Seals and opens the tokens of credentials; nothing else in the server sees both. */
export class CredentialVault {
  /** What was opened a moment ago, by where it belongs. */
  readonly #remembered = new LRUCache<string, { readonly sealed: Uint8Array; readonly token: Secret }>({
    max: MAX_REMEMBERED,
    ttl: REMEMBERED_MS,
  });

  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly sealer: Sealer,
    private readonly notices: VaultNotices,
  ) {}

  openSealed(row: SealedCredential): OpenedToken {
    if (row.accessToken === null) return { kind: 'forgotten' };
    if (row.problemCode !== null) {
      return { kind: 'ended', problemCode: row.problemCode, since: row.problemSince ?? new Date(0) };
    }
    const token = this.#openOften(row, row.accessToken);
    return token === undefined ? { kind: 'unreadable' } : { kind: 'ok', token, version: row.version };
  }

  /**
   * Every token that the row still holds, dead or alive: what has to be revoked when nobody uses it any more. One whose key
   * is not listed here stays sealed, for a process that lists it. What was tampered with cannot be revoked by anybody, and
   * keeps nobody from disconnecting.
   */
  tokensOf(credential: Credential): (Secret | Uint8Array)[] {
    const fields: [TokenField, Uint8Array | null | undefined][] = [
      ['access_token', credential.accessToken],
      ['refresh_token', credential.refreshToken],
    ];
    return fields.flatMap(([field, sealed]) => {
      const token = sealed ? this.#open(credential, field, sealed) : [];
      if (token instanceof UnlistedKeyError) return sealed ?? [];
      return token instanceof SealError ? [] : token;
    });
  }

  /**
   * Slack no longer takes this token. Says nothing of a newer one: `version` is that of the token that was tried. False
   * where the row has moved on, or where a refresh is under way: that one decides whether the principal has ended.
   */
  async markEnded(id: CredentialId, version: number, slackError: string): Promise<boolean> {
    const ended = await this.database.transaction((em) => this.credentials.markEnded(em, id, version, slackError));
    if (ended) this.notices.onEnded(ended, slackError);
    return ended !== undefined;
  }

  /**
   * A refresh was refused for good. Read again first: where a sibling has rotated meanwhile, Slack spoke of a token that is
   * no longer ours, and nothing is marked.
   */
  async markUnrefreshable(id: CredentialId, refreshToken: Secret, slackError: string): Promise<boolean> {
    const ended = await this.database.transaction(async (em) => {
      const [credential] = await this.credentials.lock(em, [id]);
      if (!credential || credential.problemCode !== null) return undefined;
      if (!this.holdsRefreshToken(credential, refreshToken)) return undefined;
      const problem = { problemCode: slackError, problemSince: await databaseNow(em) };
      Object.assign(credential, { ...problem, refreshOwner: null, refreshUntil: null });
      await em.flush();
      return credential;
    });
    if (ended) this.notices.onEnded(ended, slackError);
    return ended !== undefined;
  }

  /**
   * Under the row's lock. A fresh grant ends whatever was wrong with the one before it. One that is older than what is
   * there is forgotten: with rotation Slack ends the surplus pair by itself, without it the token is the same.
   */
  async store(em: EntityManager, credential: Credential, granted: GrantedTokens, grantedAt: Date): Promise<void> {
    if (isOutdated(grantedAt, credential)) return;
    this.#put(credential, granted, grantedAt);
    credential.grantedAt = grantedAt;
    credential.refreshNotBefore = null;
    credential.problemCode = null;
    credential.problemSince = null;
    await em.flush();
  }

  /**
   * Under the row's lock. A problem that was noticed meanwhile stays, since a new pair is no new consent, except where a
   * sibling was only told that the refresh token is used up: it was used up for this pair.
   */
  async storeRefreshed(
    em: EntityManager,
    credential: Credential,
    granted: GrantedTokens & { readonly restSeconds: number },
    now: Date,
  ): Promise<void> {
    this.#put(credential, granted, now);
    credential.refreshNotBefore = secondsAfter(now, granted.restSeconds);
    if (isOverWithNewPair(credential.problemCode)) Object.assign(credential, { problemCode: null, problemSince: null });
    await em.flush();
  }

  /** Is this the refresh token that the row holds? Sealing anew changes the bytes, never the token. */
  holdsRefreshToken(credential: Credential, token: Secret): boolean {
    if (credential.refreshToken === null) return false;
    return this.openField(credential, 'refresh_token', credential.refreshToken)?.reveal() === token.reveal();
  }

  /**
   * Whether the grant that the row holds may be the one that these tokens are of. Without rotation Slack gives a living one's
   * token again; another one says that it had ended, though nobody told of that.
   */
  mayStillLive(credential: Credential, { token, refreshToken }: GrantedTokens): boolean {
    if (credential.accessToken === null) return false;
    if (credential.refreshToken !== null || refreshToken !== undefined) return true;
    const held = this.openField(credential, 'access_token', credential.accessToken);
    return held === undefined || held.reveal() === token.reveal();
  }

  /** Undefined where it cannot be opened. */
  openField(owner: Owner, field: TokenField, sealed: Uint8Array): Secret | undefined {
    const token = this.#open(owner, field, sealed);
    return token instanceof SealError ? undefined : token;
  }

  /** Only the very bytes that were opened, in the very place that they were opened for, are not opened once more. */
  #openOften(owner: Owner, sealed: Uint8Array): Secret | undefined {
    const place = JSON.stringify(credentialContext(owner, 'access_token'));
    const known = this.#remembered.get(place);
    if (known && Buffer.compare(known.sealed, sealed) === 0) return known.token;
    const token = this.openField(owner, 'access_token', sealed);
    if (token) this.#remembered.set(place, { sealed, token });
    return token;
  }

  #open(owner: Owner, field: TokenField, sealed: Uint8Array): Secret | SealError {
    try {
      return this.sealer.open(sealed, credentialContext(owner, field));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.notices.onUnreadable(owner.id, field, error);
      return error;
    }
  }

  #put(credential: Credential, granted: GrantedTokens, now: Date): void {
    const { token, refreshToken, expiresInSeconds } = granted;
    credential.accessToken = this.sealer.seal(token, credentialContext(credential, 'access_token'));
    credential.refreshToken = refreshToken
      ? this.sealer.seal(refreshToken, credentialContext(credential, 'refresh_token'))
      : null;
    credential.tokenExpiresAt = expiresInSeconds === undefined ? null : secondsAfter(now, expiresInSeconds);
    credential.scopes = [...granted.scopes];
    credential.refreshOwner = null;
    credential.refreshUntil = null;
    credential.refreshFailures = 0;
    credential.updatedAt = now;
  }

  /** Under the row's lock; with the next flush. */
  wipe(credential: Credential, now: Date): void {
    credential.accessToken = null;
    credential.refreshToken = null;
    credential.tokenExpiresAt = null;
    credential.scopes = [];
    credential.grantedAt = null;
    credential.problemCode = null;
    credential.problemSince = null;
    credential.refreshOwner = null;
    credential.refreshUntil = null;
    credential.updatedAt = now;
  }
}
