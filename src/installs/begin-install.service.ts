import { requireOneOf } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Connection } from '../connections/connection.entity.ts';
import { statusOf } from '../connections/connection.policy.ts';
import type { ConnectionRepository } from '../connections/connection.repository.ts';
import type { Randomness } from '../credentials/sealing.ts';
import type { Database } from '../platform/database.ts';
import { databaseNow, secondsAfter } from '../platform/database-time.ts';
import { isUuid, newId, type ConnectionId, type InstallId, type TeamId, type WorkspaceId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { Refusal } from '../platform/user-error.ts';
import type { InstallIntent } from './install.entity.ts';
import type { InstallRepository } from './install.repository.ts';
import { hashOf, newOneTimeSecret } from './one-time-secret.ts';

export interface InstallSettings {
  readonly clientId: string;
  readonly authorizeUrl: string;
  readonly redirectUri: string;
  readonly botScopes: readonly string[];
  readonly userScopes: readonly string[];
  /** Exact origins, as `URL.origin` spells them. */
  readonly returnOrigins: readonly string[];
  readonly publicUrl: string;
}

export interface BeginInstall {
  readonly workspaceId: WorkspaceId;
  readonly intent: InstallIntent;
  readonly connectionId: string | null;
  readonly returnTo: URL | null;
}

export type BeginResult =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'begun'; readonly authorizeUrl: URL; readonly expiresAt: Date };

export const STATE_TTL_SECONDS = 600;

const RETURN_ORIGIN_NOT_ALLOWED: Refusal = {
  code: 'RETURN_ORIGIN_NOT_ALLOWED',
  message: 'The origin of returnTo is not one that this server sends browsers to.',
  remedy: 'Use an address of your product whose origin the operator has listed in RETURN_ORIGINS.',
  field: ['input', 'returnTo'],
};

/** The way back is a header, which clients and proxies take only so long. */
const MAX_RETURN_TO_LENGTH = 2000;
const RETURN_TO_TOO_LONG: Refusal = {
  code: 'INVALID_INPUT',
  message: `returnTo has more than ${MAX_RETURN_TO_LENGTH} characters.`,
  remedy: 'Use a shorter address, and keep the rest of what you need under a key in it.',
  field: ['input', 'returnTo'],
};

const CONNECTION_REQUIRED: Refusal = {
  code: 'WORKSPACE_CONNECTION_REQUIRED',
  message: 'A personal authorization belongs to an active connection of the workspace, and this is none.',
  remedy: 'Let an admin connect or reconnect the Slack team first, then begin with its connectionId.',
  field: ['input', 'connectionId'],
};

const CONNECTION_NOT_FOUND: Refusal = {
  code: 'NOT_FOUND',
  message: 'There is no such connection in this workspace.',
  remedy: 'Take the id from connections, or leave connectionId out to connect another Slack team.',
  field: ['input', 'connectionId'],
};

/** beginSlackInstall: remembers who wants to connect what, and sends the browser to Slack. */
export class BeginInstallService {
  constructor(
    private readonly database: Database,
    private readonly installs: InstallRepository,
    private readonly connections: ConnectionRepository,
    private readonly settings: InstallSettings,
    private readonly randomness: Randomness,
  ) {}

  async begin(viewer: Viewer, input: BeginInstall): Promise<BeginResult> {
    const { workspaceId, intent, returnTo } = input;
    requireOneOf(viewer, workspaceId, intent === 'WORKSPACE' ? ['ADMIN'] : ['ADMIN', 'MEMBER']);
    if (returnTo !== null && !this.#mayReturnTo(returnTo))
      return { kind: 'refused', refusal: RETURN_ORIGIN_NOT_ALLOWED };
    if ((returnTo?.href.length ?? 0) > MAX_RETURN_TO_LENGTH) return { kind: 'refused', refusal: RETURN_TO_TOO_LONG };
    const connection = await this.#connection(input);
    if (intent === 'PERSONAL' && (connection === null || statusOf(connection) !== 'ACTIVE')) {
      return { kind: 'refused', refusal: CONNECTION_REQUIRED };
    }
    if (input.connectionId !== null && connection === null) return { kind: 'refused', refusal: CONNECTION_NOT_FOUND };
    const state = newOneTimeSecret(this.randomness);
    const expiresAt = await this.#store(viewer, input, connection, state);
    return { kind: 'begun', authorizeUrl: this.#authorizeUrl(intent, state, connection?.team.id), expiresAt };
  }

  /** By exact origin, so never an open redirect; a user name in the address could pass for a host in a log. */
  #mayReturnTo({ protocol, origin, username, password }: URL): boolean {
    // A blob's origin is that of the page which made it.
    const isWeb = protocol === 'https:' || protocol === 'http:';
    return isWeb && this.settings.returnOrigins.includes(origin) && username === '' && password === '';
  }

  /**
   * Our own pages take a token from their fragment: one that came along would sign whoever approves in as somebody else, and
   * present what they have approved in that person's name.
   */
  #withoutToken(returnTo: URL): URL {
    if (returnTo.origin !== new URL(this.settings.publicUrl).origin) return returnTo;
    return Object.assign(new URL(returnTo), { hash: '' });
  }

  async #connection({ connectionId, workspaceId }: BeginInstall): Promise<Connection | null> {
    if (connectionId === null || !isUuid(connectionId)) return null;
    const connection = await this.connections.find(this.database.em(), connectionId as ConnectionId);
    return connection?.workspaceId === workspaceId ? connection : null;
  }

  #store(viewer: Viewer, input: BeginInstall, connection: Connection | null, state: Secret): Promise<Date> {
    return this.database.transaction(async (em) => {
      const now = await databaseNow(em);
      const expiresAt = secondsAfter(now, STATE_TTL_SECONDS);
      this.installs.add(em, {
        id: newId<InstallId>(),
        workspaceId: input.workspaceId,
        intent: input.intent,
        userId: viewer.userId,
        connectionId: connection?.id ?? null,
        expectedTeamId: connection?.team.id ?? null,
        returnTo: input.returnTo && this.#withoutToken(input.returnTo).href,
        status: 'STARTED',
        failureCode: null,
        stateHash: hashOf(state),
        createdAt: now,
        expiresAt,
        usedAt: null,
        claimHash: null,
        claimExpiresAt: null,
        grantSealed: null,
        finishedAt: null,
      });
      return expiresAt;
    });
  }

  #authorizeUrl(intent: InstallIntent, state: Secret, team: TeamId | undefined): URL {
    const url = new URL(this.settings.authorizeUrl);
    url.searchParams.set('client_id', this.settings.clientId);
    if (intent === 'WORKSPACE') url.searchParams.set('scope', this.settings.botScopes.join(','));
    else url.searchParams.set('user_scope', this.settings.userScopes.join(','));
    url.searchParams.set('redirect_uri', this.settings.redirectUri);
    url.searchParams.set('state', state.reveal());
    if (team !== undefined) url.searchParams.set('team', team);
    return url;
  }
}
