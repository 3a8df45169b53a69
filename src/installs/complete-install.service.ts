import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from '@mikro-orm/postgresql';
import { requireOneOf } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ConnectingService, ConnectResult, Grant } from '../connections/connecting.service.ts';
import type { ConnectionsService } from '../connections/connections.service.ts';
import type { QueueOfConnection } from '../connections/dependents.ts';
import type { AuthorizationView, ConnectionView } from '../connections/view.policy.ts';
import type { EndedGrants } from '../credentials/ended-grants.service.ts';
import type { Principal } from '../credentials/principal.policy.ts';
import { REVOKE_LEASE_SECONDS, type RevocationService } from '../credentials/revocation.service.ts';
import { UnlistedKeyError } from '../credentials/sealing.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow } from '../platform/database-time.ts';
import type { RevocationId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Refusal, UserErrorCode } from '../platform/user-error.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { Install } from './install.entity.ts';
import type { InstallRepository } from './install.repository.ts';
import { hashOf } from './one-time-secret.ts';
import { refusedGrant, type PendingGrant, type PendingGrants } from './pending-grant.service.ts';

export type CompleteResult =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | {
      readonly kind: 'completed';
      readonly connection: ConnectionView;
      readonly authorization: AuthorizationView | null;
    };

type Connected = Extract<ConnectResult, { kind: 'connected' }>;
type Attempt =
  | Connected
  | { readonly kind: 'busy' }
  | { readonly kind: 'doubtful'; readonly principal: Principal; readonly token: Secret; readonly now: Date }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly revocations: readonly RevocationId[] };

type PendingInstall = Install & { readonly grantSealed: Uint8Array; readonly usedAt: Date };

/** A revoke call of the same principal is over within this, also where Slack's answer was lost. */
const WAIT_FOR_REVOKE_MS = (REVOKE_LEASE_SECONDS + 1) * 1000;
const WAIT_STEP_MS = 200;

const claimRefusal = (code: UserErrorCode, message: string): Refusal => ({
  code,
  message,
  remedy: 'Begin the install again with beginSlackInstall.',
  field: ['input', 'claim'],
});
const CLAIM_INVALID = claimRefusal('CLAIM_INVALID', 'The claim is unknown, or it was already used.');
const CLAIM_EXPIRED = claimRefusal(
  'CLAIM_EXPIRED',
  'The claim is older than 10 minutes; what Slack granted was given back unless it is held elsewhere.',
);
const CLAIM_NOT_YOURS = claimRefusal(
  'CLAIM_NOT_YOURS',
  'Somebody else began this install; what Slack granted was given back unless it is held elsewhere.',
);
const GRANT_ENDED = claimRefusal(
  'CLAIM_INVALID',
  'Slack ended the grant while it waited, for instance by a disconnect elsewhere.',
);
const CONNECTION_REQUIRED: Refusal = {
  code: 'WORKSPACE_CONNECTION_REQUIRED',
  message:
    'The workspace connection is not active any more; what Slack granted was given back unless it is held elsewhere.',
  remedy: 'Let an admin connect or reconnect the Slack team first, then authorize again.',
};

const isPending = (install: Install | null): install is PendingInstall =>
  install !== null && install.status === 'PENDING' && install.grantSealed !== null && install.usedAt !== null;

/** completeSlackInstall: the viewer who began presents the claim, and one transaction connects. */
export class CompleteInstallService {
  constructor(
    private readonly database: Database,
    private readonly installs: InstallRepository,
    private readonly pendingGrants: PendingGrants,
    private readonly connecting: ConnectingService,
    private readonly views: ConnectionsService,
    private readonly revocations: RevocationService,
    private readonly endedGrants: EndedGrants,
    private readonly queue: QueueOfConnection,
    private readonly slack: SlackGateway,
    private readonly stopping: AbortSignal,
  ) {}

  async complete(viewer: Viewer, claim: Secret): Promise<CompleteResult> {
    const install = await this.installs.findByClaim(this.database.em(), hashOf(claim));
    if (install === null) return { kind: 'refused', refusal: CLAIM_INVALID };
    if (install.userId === viewer.userId) {
      requireOneOf(viewer, install.workspaceId, install.intent === 'WORKSPACE' ? ['ADMIN'] : ['ADMIN', 'MEMBER']);
    }
    const attempt = await this.#untilSettled(viewer, install);
    this.revocations.attemptSoon(attempt.revocations);
    if (attempt.kind === 'refused') return attempt;
    for (const scope of attempt.ended) await this.queue.cancelWaiting(scope);
    return this.#completed(attempt);
  }

  /**
   * Tries until no revoke call can harm the grant: waits for one on its way, asks Slack about one that is over. A process
   * that stops waits no longer: another one takes the same claim.
   */
  async #untilSettled(viewer: Viewer, install: Install): Promise<Connected | Extract<Attempt, { kind: 'refused' }>> {
    let trustedSince: Date | null = null;
    for (let waitedMs = 0; waitedMs <= WAIT_FOR_REVOKE_MS && !this.stopping.aborted;) {
      const attempt: Attempt = await this.database.transaction((em) =>
        this.#attempt(em, viewer, install, trustedSince),
      );
      if (attempt.kind === 'connected' || attempt.kind === 'refused') return attempt;
      if (attempt.kind === 'doubtful') {
        if (!(await this.#isAlive(attempt))) return this.#grantEnded(install);
        trustedSince = attempt.now;
      } else {
        await pause(WAIT_STEP_MS);
        waitedMs += WAIT_STEP_MS;
      }
    }
    throw tryAgain();
  }

  async #attempt(em: EntityManager, viewer: Viewer, { id }: Install, trustedSince: Date | null): Promise<Attempt> {
    const install = await this.installs.lock(em, id);
    if (!isPending(install)) {
      const expired = install?.status === 'EXPIRED' && install.userId === viewer.userId;
      return { kind: 'refused', refusal: expired ? CLAIM_EXPIRED : CLAIM_INVALID, revocations: [] };
    }
    const now = await databaseNow(em);
    if (install.userId !== viewer.userId) return this.#giveBack(em, install, CLAIM_NOT_YOURS, now);
    if (install.claimExpiresAt === null || install.claimExpiresAt <= now) {
      return this.#giveBack(em, install, CLAIM_EXPIRED, now, 'EXPIRED');
    }
    const { team, ...pending } = this.#open(install);
    const grant: Grant = { ...pending, grantedAt: install.usedAt, trustedSince: trustedSince ?? install.usedAt };
    const { workspaceId, userId, connectionId } = install;
    const result =
      install.intent === 'WORKSPACE' || connectionId === null
        ? await this.connecting.connectWorkspace(em, { workspaceId, userId, team, grant })
        : await this.connecting.connectPerson(em, { connectionId, userId, grant });
    switch (result.kind) {
      case 'doubtful':
        return { kind: 'doubtful', principal: grant.principal, token: grant.tokens.token, now };
      case 'busy':
        return { kind: 'busy' };
      case 'connectionNotActive':
        return this.#giveBack(em, install, CONNECTION_REQUIRED, now);
      case 'connected':
        await this.#finish(em, install, now, { status: 'COMPLETED' });
        return result;
    }
  }

  /** A process that lists the key takes the same claim. */
  #open(install: PendingInstall): PendingGrant {
    try {
      return this.pendingGrants.open(install);
    } catch (error) {
      throw error instanceof UnlistedKeyError ? tryAgain(KEY_NOT_LISTED) : error;
    }
  }

  async #giveBack(
    em: EntityManager,
    install: PendingInstall,
    refusal: Refusal,
    now: Date,
    status: 'FAILED' | 'EXPIRED' = 'FAILED',
  ): Promise<Attempt> {
    const grant = refusedGrant(this.#open(install));
    await this.#finish(em, install, now, { status, failureCode: refusal.code });
    return { kind: 'refused', refusal, revocations: await this.revocations.discard(em, [grant]) };
  }

  async #finish(em: EntityManager, install: Install, now: Date, end: Partial<Install>): Promise<void> {
    Object.assign(install, { ...end, grantSealed: null, finishedAt: now });
    await em.flush();
  }

  async #grantEnded({ id }: Install): Promise<Extract<Attempt, { kind: 'refused' }>> {
    await this.database.transaction(async (em) => {
      const install = await this.installs.lock(em, id);
      const end = { status: 'FAILED', failureCode: 'GRANT_ENDED' } as const;
      if (isPending(install)) await this.#finish(em, install, await databaseNow(em), end);
    });
    return { kind: 'refused', refusal: GRANT_ENDED, revocations: [] };
  }

  /** Only a definite no ends it; while Slack cannot be asked, the claim stays good. */
  async #isAlive({ principal, token }: Extract<Attempt, { kind: 'doubtful' }>): Promise<boolean> {
    const answer = await this.slack.authTest(token);
    if (answer.kind === 'ok') return true;
    if (answer.kind === 'refused' && (await this.endedGrants.judge(answer.error, principal)) === 'ended') return false;
    throw tryAgain();
  }

  async #completed({ connectionId, authorizationId }: Connected): Promise<CompleteResult> {
    const [connection] = await this.views.connectionsById([connectionId]);
    const [authorization] = authorizationId === null ? [] : await this.views.authorizationsById([authorizationId]);
    if (connection === undefined) throw new Error('A connection that was just made is not there.');
    return { kind: 'completed', connection, authorization: authorization ?? null };
  }
}

const STILL_ENDING = 'Slack is still ending an earlier grant. Present the same claim again in a few seconds.';
const KEY_NOT_LISTED =
  'The encryption keys are being changed and this server does not list the new one yet. Present the same claim again in a few minutes.';

const tryAgain = (message = STILL_ENDING): TopLevelError =>
  new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true });
