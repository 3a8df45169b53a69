import type { EntityManager } from '@mikro-orm/postgresql';
import type { Credential } from '../credentials/credential.entity.ts';
import type { CredentialRepository } from '../credentials/credential.repository.ts';
import type { CredentialVault } from '../credentials/credential-vault.service.ts';
import { principalReadiness, type GrantedTokens, type Principal } from '../credentials/principal.policy.ts';
import type { RevocationService } from '../credentials/revocation.service.ts';
import { databaseNow } from '../platform/database-time.ts';
import {
  newId,
  type AuthorizationId,
  type ConnectionId,
  type RevocationId,
  type UserId,
  type WorkspaceId,
} from '../platform/ids.ts';
import type { Authorization } from './authorization.entity.ts';
import type { AuthorizationRepository } from './authorization.repository.ts';
import type { Connection } from './connection.entity.ts';
import { statusOf } from './connection.policy.ts';
import type { ConnectionRepository } from './connection.repository.ts';
import { ChangedMeanwhileError } from './connections.errors.ts';
import type { ConnectionScope, IdentitiesOfConnection, ListingOfPrincipal } from './dependents.ts';
import type { EndingService } from './ending.service.ts';
import type { HealthRepository } from './health.repository.ts';
import type { RepeatedFailuresRepository } from './repeated-failures.repository.ts';
import type { SlackEventsRepository } from './slack-events.repository.ts';

/** What Slack granted to one principal, and when it was last known to be good. */
export interface Grant {
  readonly principal: Principal;
  readonly tokens: GrantedTokens;
  readonly grantedAt: Date;
  readonly trustedSince: Date;
  /** What Slack shows as the author; null where it could not be read. */
  readonly name: string | null;
}

export interface TeamOfGrant {
  readonly name: string | null;
  readonly enterprise: { readonly id: string; readonly name: string | null } | null;
}

export type ConnectResult =
  | {
      readonly kind: 'connected';
      readonly connectionId: ConnectionId;
      readonly authorizationId: AuthorizationId | null;
      /** To be attempted, and canceled, once the transaction is committed. */
      readonly revocations: readonly RevocationId[];
      readonly ended: readonly ConnectionScope[];
    }
  | { readonly kind: 'busy' }
  | { readonly kind: 'doubtful' }
  | { readonly kind: 'connectionNotActive' };

/** Puts a grant to use inside the caller's transaction. Locks as EndingService does. */
export class ConnectingService {
  constructor(
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly credentials: CredentialRepository,
    private readonly vault: CredentialVault,
    private readonly revocations: RevocationService,
    private readonly ending: EndingService,
    private readonly identities: IdentitiesOfConnection,
    private readonly failures: RepeatedFailuresRepository,
    private readonly events: SlackEventsRepository,
    private readonly checks: HealthRepository,
    private readonly listings: ListingOfPrincipal,
  ) {}

  /** A new install of the same team revives the same connection, whoever made the first one. */
  async connectWorkspace(
    em: EntityManager,
    input: { workspaceId: WorkspaceId; userId: UserId; team: TeamOfGrant; grant: Grant },
  ): Promise<ConnectResult> {
    const { workspaceId, userId, grant } = input;
    const before = await this.connections.findOfTeam(em, workspaceId, grant.principal.teamId);
    const locked = await this.#lock(em, grant, before);
    const now = await databaseNow(em);
    const readiness = await this.#readiness(em, locked.principal, grant, now);
    if (readiness !== 'ready') return { kind: readiness };
    // Asked again under the principal's lock: of two first installs at once the second finds the first one's connection.
    const current = await this.connections.findOfTeam(em, workspaceId, grant.principal.teamId);
    const connection = current === null ? null : await this.connections.lock(em, current.id);
    this.#requireLocked(locked, connection);
    await this.#store(em, locked.principal, grant);
    const team = await this.#saveTeam(em, grant, input.team);
    const kept = connection ?? this.#newConnection(em, { workspaceId, userId, team, grant, now });
    this.#revive(kept, locked.principal, now);
    const { slackUserId: botUserId } = grant.principal;
    const known = kept.botUserId === botUserId ? kept.botUserName : null;
    Object.assign(kept, { installedBy: userId, botUserId, botUserName: grant.name ?? known });
    await em.flush();
    await this.failures.forgetAll(em, { connectionId: kept.id, authorizationId: null });
    await this.identities.ensureBot(em, kept.id);
    return {
      kind: 'connected',
      connectionId: kept.id,
      authorizationId: null,
      ended: [],
      revocations: await this.#release(em, locked, now),
    };
  }

  /** Another Slack user than before is another authorization; the old one ends as by disconnect. */
  async connectPerson(
    em: EntityManager,
    input: { connectionId: ConnectionId; userId: UserId; grant: Grant },
  ): Promise<ConnectResult> {
    const { connectionId, userId, grant } = input;
    const [before] = await this.authorizations.liveOf(em, [connectionId], [userId]);
    const locked = await this.#lock(em, grant, before ?? null);
    const now = await databaseNow(em);
    const readiness = await this.#readiness(em, locked.principal, grant, now);
    if (readiness !== 'ready') return { kind: readiness };
    const connection = await this.connections.lock(em, connectionId);
    if (connection === null || statusOf(connection) !== 'ACTIVE' || connection.team.id !== grant.principal.teamId) {
      return { kind: 'connectionNotActive' };
    }
    const [live] = await this.authorizations.liveOf(em, [connectionId], [userId]);
    this.#requireLocked(locked, live ?? null);
    await this.#store(em, locked.principal, grant);
    const other = live !== undefined && live.slackUserId !== grant.principal.slackUserId ? live : null;
    const ended = other === null ? null : await this.ending.endLocked(em, other, locked.all, { by: userId, at: now });
    const kept = await this.#authorization(em, { connection, userId, grant, now });
    this.#revive(kept, locked.principal, now);
    kept.slackUserName = grant.name ?? kept.slackUserName;
    await em.flush();
    await this.failures.forgetAll(em, { connectionId, authorizationId: kept.id });
    await this.identities.ensurePerson(em, connection.id, kept.id);
    return {
      kind: 'connected',
      connectionId,
      authorizationId: kept.id,
      ended: other === null ? [] : [{ authorizationId: other.id }],
      revocations: [...(ended?.revocations ?? []), ...(await this.#release(em, locked, now))],
    };
  }

  async #lock(em: EntityManager, grant: Grant, holder: { credential: Credential | null } | null) {
    const id = await this.credentials.ensure(em, grant.principal);
    const old = holder?.credential?.id;
    const all = await this.credentials.lock(em, old === undefined ? [id] : [id, old]);
    const principal = all.find((credential) => credential.id === id);
    if (principal === undefined) throw new ChangedMeanwhileError();
    // The callback has looked before; a person's token in a bot's row would post as the person wherever the bot is meant.
    if (principal.kind !== grant.principal.kind) throw new Error('A bot and a person of one team have the same id.');
    return { principal, all };
  }

  async #readiness(em: EntityManager, principal: Credential, grant: Grant, now: Date) {
    const { revokingUntil, problemSince: refusedAt } = principal;
    const toldAt = await this.events.lastEnding(em, grant.principal, grant.trustedSince);
    const readiness = principalReadiness({ revokingUntil, refusedAt, toldAt }, grant.trustedSince, now);
    if (readiness !== 'ready') await this.revocations.putOff(em, principal, now);
    return readiness;
  }

  /**
   * Slack is asked at once whether it lives: an event that told its end after it was looked for, and took effect before the
   * commit, found nobody whom it names.
   */
  async #store(em: EntityManager, principal: Credential, { tokens, grantedAt }: Grant): Promise<void> {
    const hadEnded = principal.problemCode !== null || !this.vault.mayStillLive(principal, tokens);
    await this.vault.store(em, principal, tokens, grantedAt);
    // Where Slack ends a grant the bot leaves its channels, and tells of none of them.
    if (hadEnded) await this.listings.distrust(em, principal.id);
    await this.revocations.keep(em, principal);
    await this.checks.checkAtOnce(em, principal.id);
  }

  /** Read without a lock and read again under it: another principal in between has not been locked. */
  #requireLocked({ all }: { all: readonly Credential[] }, holder: { credential: Credential | null } | null): void {
    const id = holder?.credential?.id;
    if (id !== undefined && !all.some((credential) => credential.id === id)) throw new ChangedMeanwhileError();
  }

  /** A principal that was replaced by another one has lost a user. */
  async #release(
    em: EntityManager,
    locked: { principal: Credential; all: readonly Credential[] },
    now: Date,
  ): Promise<RevocationId[]> {
    const replaced = locked.all.filter(
      (credential) => credential.id !== locked.principal.id && credential.accessToken !== null,
    );
    return this.revocations.release(em, replaced, now);
  }

  /** A claim may come minutes after its grant: a name that Slack has told of since is newer. */
  async #saveTeam(em: EntityManager, { principal, grantedAt }: Grant, team: TeamOfGrant) {
    const known = await this.connections.findTeam(em, principal.teamId);
    const isNewer = known !== null && known.updatedAt > grantedAt;
    return this.connections.saveTeam(em, {
      id: principal.teamId,
      name: (isNewer ? known.name : team.name) ?? known?.name ?? principal.teamId,
      enterpriseId: team.enterprise?.id ?? null,
      enterpriseName: team.enterprise?.name ?? null,
      updatedAt: isNewer ? known.updatedAt : grantedAt,
    });
  }

  #newConnection(
    em: EntityManager,
    {
      workspaceId,
      userId,
      team,
      grant,
      now,
    }: { workspaceId: WorkspaceId; userId: UserId; team: Connection['team']; grant: Grant; now: Date },
  ): Connection {
    return this.connections.add(em, {
      id: newId<ConnectionId>(),
      workspaceId,
      team,
      credential: null,
      botUserId: grant.principal.slackUserId,
      botUserName: null,
      installedBy: userId,
      connectedAt: now,
      authorizedAt: now,
      disconnectedAt: null,
      disconnectedBy: null,
      revivedAt: null,
      lastUsedAt: null,
    });
  }

  async #authorization(
    em: EntityManager,
    { connection, userId, grant, now }: { connection: Connection; userId: UserId; grant: Grant; now: Date },
  ): Promise<Authorization> {
    const { slackUserId, teamId } = grant.principal;
    const known = await this.authorizations.ofPerson(em, connection.id, userId, slackUserId);
    if (known !== null) return known;
    return this.authorizations.add(em, {
      id: newId<AuthorizationId>(),
      connection,
      teamId,
      userId,
      slackUserId,
      slackUserName: null,
      credential: null,
      connectedAt: now,
      authorizedAt: now,
      disconnectedAt: null,
      disconnectedBy: null,
      revivedAt: null,
      lastUsedAt: null,
    });
  }

  /** Every completed install renews `authorizedAt`: an older event of Slack's says nothing of it. */
  #revive(holder: Connection | Authorization, principal: Credential, now: Date): void {
    holder.connectedAt = now;
    holder.authorizedAt = now;
    holder.credential = principal;
    holder.disconnectedAt = null;
    holder.disconnectedBy = null;
  }
}
