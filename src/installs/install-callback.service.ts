import type { EntityManager } from '@mikro-orm/postgresql';
import type { CredentialRepository } from '../credentials/credential.repository.ts';
import type { Randomness } from '../credentials/sealing.ts';
import type { RevocationService } from '../credentials/revocation.service.ts';
import type { AuthorNames } from '../connections/author-names.service.ts';
import type { TeamOfGrant } from '../connections/connecting.service.ts';
import type { ConnectionRepository } from '../connections/connection.repository.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow, secondsAfter } from '../platform/database-time.ts';
import { inTime } from '../platform/in-time.ts';
import type { Logger } from '../platform/logger.ts';
import { Secret } from '../platform/secret.ts';
import { untilStored } from '../platform/until-stored.ts';
import type { OAuthGrant, SlackAnswer, SlackGateway } from '../slack/gateway.ts';
import type { Install } from './install.entity.ts';
import { judgeGrant, type GrantPart, type InstallFailure } from './install.policy.ts';
import type { InstallRepository } from './install.repository.ts';
import { hashOf, newOneTimeSecret } from './one-time-secret.ts';
import { refusedGrant, type PendingGrant, type PendingGrants } from './pending-grant.service.ts';

/** What Slack appended to our redirect URI. */
export interface Callback {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

export type CallbackResult = { readonly returnTo: URL | null } & (
  { readonly kind: 'granted'; readonly claim: Secret } | { readonly kind: 'failed'; readonly code: InstallFailure }
);

export const CLAIM_TTL_SECONDS = 600;

/** An answer of Slack's holds the only copy of a grant, and a person waits at the browser for what becomes of it. */
const STORE_WITHIN_MS = 5000;

/** A name is a courtesy: nobody waits longer for it, neither for Slack nor for a token to read it with. */
const NAME_WITHIN_MS = 3000;

const OWNER_TIMEOUT_MS = 3000;

const CALLBACK_REASON = /^[a-z0-9_]{1,64}$/;

/** The browser is back from Slack: exchanges the code once, checks what came, and keeps it until it is claimed. */
export class InstallCallbackService {
  constructor(
    private readonly database: Database,
    private readonly installs: InstallRepository,
    private readonly connections: ConnectionRepository,
    private readonly credentials: CredentialRepository,
    private readonly names: AuthorNames,
    private readonly pendingGrants: PendingGrants,
    private readonly revocations: RevocationService,
    private readonly slack: SlackGateway,
    private readonly redirectUri: string,
    private readonly randomness: Randomness,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async callback(callback: Callback): Promise<CallbackResult> {
    const unusable = (code: InstallFailure): CallbackResult => ({ kind: 'failed', code, returnTo: null });
    if (callback.state === undefined) {
      return unusable(callback.error === 'access_denied' ? 'ACCESS_DENIED' : 'STATE_INVALID');
    }
    const stateHash = hashOf(new Secret(callback.state));
    const em = this.database.em();
    const used = await this.installs.useState(em, stateHash);
    if (used === undefined) {
      return unusable((await this.installs.findByState(em, stateHash)) === null ? 'STATE_INVALID' : 'STATE_USED');
    }
    const install = await this.installs.find(em, used.id);
    if (install === null) return unusable('STATE_INVALID');
    try {
      return await this.#settle(install, used.expired, callback);
    } catch (error) {
      // The state is used up: whoever sent the browser here has to hear of it.
      this.logger.error({ err: error, installId: install.id }, 'What came of an install could not be stored.');
      return { kind: 'failed', code: 'SLACK_ERROR', returnTo: returnAddress(install) };
    }
  }

  async #settle(install: Install, expired: boolean, callback: Callback): Promise<CallbackResult> {
    if (expired) return this.#fail(install, 'STATE_EXPIRED', 'the state was too old');
    if (callback.error !== undefined || callback.code === undefined) return this.#turnedAway(install, callback);
    return this.#exchange(install, callback.code);
  }

  /** Slack's own codes are logged; anything else in the query is a stranger's text and is not. */
  #turnedAway(install: Install, { error = 'no_code' }: Callback): Promise<CallbackResult> {
    const reason = CALLBACK_REASON.test(error) ? error : 'unreadable';
    return this.#fail(install, reason === 'access_denied' ? 'ACCESS_DENIED' : 'SLACK_ERROR', reason);
  }

  async #exchange(install: Install, code: string): Promise<CallbackResult> {
    const answer = await this.slack.exchangeCode({ code, redirectUri: this.redirectUri });
    // A lost answer leaves a grant that nobody here knows of. Repeating the install heals it.
    if (answer.kind !== 'ok') return this.#fail(install, 'SLACK_ERROR', reasonOf(answer));
    const judged = judgeGrant(answer.value, { intent: install.intent, teamId: install.expectedTeamId });
    if (judged.kind === 'refused') {
      const parts = [...judged.parts, ...(await this.#unnamedPart(install, answer.value))];
      return this.#fail(install, judged.code, judged.reason, parts);
    }
    if (await this.credentials.isOfAnotherKind(this.database.em(), judged.kept.principal)) {
      // Whose its token is nobody knows then, so it is not given back either.
      return this.#fail(install, 'SLACK_ERROR', 'a bot and a person had the same id', judged.others);
    }
    const pending = { ...judged.kept, name: null, team: teamOf(answer.value) };
    const result = await this.#keep(install, pending, judged.others);
    if (result.kind === 'granted') await this.#addName(install, pending);
    return result;
  }

  /** Whether a grant may be ended depends on whose it is: others may use the same bot. Slack is asked, by its token. */
  async #unnamedPart(install: Install, { appId, unnamed }: OAuthGrant): Promise<GrantPart[]> {
    if (unnamed === undefined) return [];
    const owner = await this.slack.authTest(unnamed.token, { timeoutMs: OWNER_TIMEOUT_MS });
    if (owner.kind !== 'ok') {
      this.logger.error({ installId: install.id }, 'A token of unknown owner cannot be given back to Slack.');
      return [];
    }
    const { teamId, userId, botId } = owner.value;
    const kind = botId === undefined ? 'USER' : 'BOT';
    return [{ principal: { appId, teamId, slackUserId: userId, kind }, tokens: unnamed }];
  }

  async #keep(install: Install, pending: PendingGrant, others: readonly GrantPart[]): Promise<CallbackResult> {
    const claim = newOneTimeSecret(this.randomness);
    const sealed = this.pendingGrants.seal(install, pending);
    const { kept, revocations } = await this.#stored(async (em) => {
      const row = await this.installs.lock(em, install.id);
      // Stored already, by a commit whose answer was lost.
      if (row?.claimHash && hashOf(claim).equals(row.claimHash)) return { kept: true, revocations: [] };
      const isOpen = row !== null && row.status === 'EXCHANGING';
      if (isOpen) {
        const expiresAt = secondsAfter(await databaseNow(em), CLAIM_TTL_SECONDS);
        const claimable = { claimHash: hashOf(claim), claimExpiresAt: expiresAt, expiresAt };
        Object.assign(row, { ...claimable, grantSealed: sealed, status: 'PENDING' });
        await em.flush();
      }
      const ended = isOpen ? others : [pending, ...others];
      return { kept: isOpen, revocations: await this.revocations.discard(em, ended.map(refusedGrant)) };
    });
    this.revocations.attemptSoon(revocations);
    const returnTo = returnAddress(install);
    return kept ? { kind: 'granted', claim, returnTo } : { kind: 'failed', code: 'STATE_EXPIRED', returnTo };
  }

  async #fail(
    install: Install,
    code: InstallFailure,
    reason: string,
    parts: readonly GrantPart[] = [],
  ): Promise<CallbackResult> {
    this.logger.warn(
      { installId: install.id, intent: install.intent, failure: code, reason },
      'A Slack install failed.',
    );
    const revocations = await this.#stored(async (em) => {
      const row = await this.installs.lock(em, install.id);
      if (row !== null && row.finishedAt === null) {
        Object.assign(row, { status: 'FAILED', failureCode: code, finishedAt: await databaseNow(em) });
      }
      await em.flush();
      return this.revocations.discard(em, parts.map(refusedGrant));
    });
    this.revocations.attemptSoon(revocations);
    return { kind: 'failed', code, returnTo: returnAddress(install) };
  }

  #stored<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const onFailure = (error: unknown): void =>
      this.logger.error({ err: error }, 'Storing what came of an install failed; it is tried again.');
    return untilStored(() => this.database.transaction(work), {
      clock: this.clock,
      withinMs: STORE_WITHIN_MS,
      onFailure,
    });
  }

  /** After the grant is safe, and before anybody has its claim. Where it does not come, the periodic check reads it. */
  async #addName(install: Install, pending: PendingGrant): Promise<void> {
    try {
      const name = await inTime(this.#nameOf(install, pending), NAME_WITHIN_MS);
      if (!name) return;
      await this.database.transaction(async (em) => {
        const row = await this.installs.lock(em, install.id);
        if (row?.status === 'PENDING') row.grantSealed = this.pendingGrants.seal(install, { ...pending, name });
      });
    } catch (error) {
      this.logger.warn({ err: error, installId: install.id }, 'The name of an install could not be read.');
    }
  }

  /** Read with the fresh token; a person's also with the connection's bot, since `users:read` is not asked of people. */
  async #nameOf(install: Install, { principal, tokens }: GrantPart): Promise<string | null> {
    const own = await this.names.read(tokens.token, principal.slackUserId);
    if (own !== null || install.connectionId === null || principal.kind === 'BOT') return own;
    const bot = (await this.connections.find(this.database.em(), install.connectionId))?.credential;
    return bot ? this.names.readBy(bot.id, principal.slackUserId) : null;
  }
}

const returnAddress = ({ returnTo }: Install): URL | null => (returnTo === null ? null : new URL(returnTo));

const teamOf = ({ enterprise, team }: OAuthGrant): TeamOfGrant => ({
  name: team?.name ?? null,
  enterprise: enterprise === null ? null : { id: enterprise.id, name: enterprise.name ?? null },
});

const reasonOf = (answer: Exclude<SlackAnswer<OAuthGrant>, { kind: 'ok' }>): string => {
  if (answer.kind === 'refused') return answer.error;
  return answer.kind === 'rateLimited' ? 'ratelimited' : answer.detail;
};
