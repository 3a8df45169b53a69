import type { EntityManager } from '@mikro-orm/postgresql';
import { personIn, requireOneOf, requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { AuthorizationRepository } from '../connections/authorization.repository.ts';
import type { ConnectionRepository } from '../connections/connection.repository.ts';
import { describeFailure } from '../connections/failure.policy.ts';
import type { Database } from '../platform/database.ts';
import {
  isChannelId,
  isUuid,
  type AuthorizationId,
  type ChannelId,
  type ConnectionId,
  type IdentityId,
  type UserId,
  type WorkspaceId,
} from '../platform/ids.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import type { Refusal } from '../platform/user-error.ts';
import { identityView, standingOf, type IdentityView } from './identities.service.ts';
import type { Identity, IdentityKind } from './identity.entity.ts';
import { identityFailure, isPersonal, POSTING_SCOPE, postsAs, refusalCodeOf } from './identity.policy.ts';
import type { IdentityRepository } from './identity.repository.ts';
import type { SelectionRepository } from './selection.repository.ts';

/** Implemented to the right: does the identity see this conversation? */
export interface ChannelLookup {
  find(
    identityId: IdentityId,
    channelId: ChannelId,
  ): Promise<{ readonly kind: 'found' | 'unknown' | 'unavailable'; readonly neededScope?: string }>;
}

export interface SelectIdentity {
  readonly workspaceId: WorkspaceId;
  readonly kind: IdentityKind;
  readonly connectionId: string;
  readonly authorizationId: string | null;
  readonly defaultChannelId: string | null;
}

export interface SelectionView {
  readonly userId: UserId;
  readonly identity: IdentityView;
  readonly defaultChannelId: ChannelId | null;
  readonly selectedAt: Date;
}

export type SelectResult =
  | { readonly kind: 'selected'; readonly selection: SelectionView }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

type Found =
  { readonly kind: 'found'; readonly identity: Identity } | { readonly kind: 'refused'; readonly refusal: Refusal };

const refused = (refusal: Refusal): { kind: 'refused'; refusal: Refusal } => ({ kind: 'refused', refusal });

const foundOr = (identity: Identity | null, missing: Refusal): Found =>
  identity === null ? refused(missing) : { kind: 'found', identity };

const refusal = (code: Refusal['code'], field: string, message: string, remedy: string): Refusal => ({
  code,
  message,
  remedy,
  field: ['input', field],
});

const NO_CONNECTION = refusal(
  'NOT_FOUND',
  'connectionId',
  'There is no such connection in this workspace.',
  'Take the id from connections.',
);
const NO_AUTHORIZATION = refusal(
  'NOT_FOUND',
  'authorizationId',
  'There is no such authorization under this connection, or it is not visible to you.',
  "Take the id from the connection's myAuthorization.",
);
const NOT_YOURS = refusal(
  'IDENTITY_NOT_YOURS',
  'authorizationId',
  'This is the authorization of another person.',
  'Select your own: authorize with beginSlackInstall and intent PERSONAL first.',
);
const AUTHORIZATION_NEEDED = refusal(
  'INVALID_INPUT',
  'authorizationId',
  'PERSONAL_USER needs an authorizationId.',
  "Give the id of the connection's myAuthorization; without one, authorize with beginSlackInstall and intent PERSONAL.",
);
const AUTHORIZATION_NOT_ALLOWED = refusal(
  'INVALID_INPUT',
  'authorizationId',
  'WORKSPACE_BOT takes no authorizationId.',
  'Leave it out, or select PERSONAL_USER.',
);
const NOT_A_CHANNEL_ID = refusal(
  'INVALID_INPUT',
  'defaultChannelId',
  'A channel is named by its Slack id (C…, G…, D…), never by its name.',
  'Take the id from channels(identityId:).',
);

/** A user's explicit choice of who they post as: one per user and workspace. */
export class SelectionService {
  constructor(
    private readonly database: Database,
    private readonly identities: IdentityRepository,
    private readonly selections: SelectionRepository,
    private readonly connections: ConnectionRepository,
    private readonly authorizations: AuthorizationRepository,
    private readonly channels: ChannelLookup,
  ) {}

  /** Null where that user has selected nothing. Another's is for admins and services. */
  async selectedIdentity(viewer: Viewer, workspaceId: WorkspaceId, userId: UserId): Promise<SelectionView | null> {
    if (userId === viewer.userId) requireRole(viewer, workspaceId);
    else requireOneOf(viewer, workspaceId, ['ADMIN', 'SERVICE']);
    return this.#view(this.database.em(), viewer, workspaceId, userId);
  }

  async selectIdentity(viewer: Viewer, input: SelectIdentity): Promise<SelectResult> {
    requireOneOf(viewer, input.workspaceId, ['ADMIN', 'MEMBER']);
    if (input.kind === 'PERSONAL_USER' && input.authorizationId === null) return refused(AUTHORIZATION_NEEDED);
    if (input.kind === 'WORKSPACE_BOT' && input.authorizationId !== null) return refused(AUTHORIZATION_NOT_ALLOWED);
    const found = await this.#find(this.database.em(), viewer, input);
    if (found.kind === 'refused') return found;
    const badChannel = await this.#channelRefusal(found.identity, input.defaultChannelId);
    if (badChannel !== null) return refused(badChannel);
    return this.#save(viewer, input, found.identity);
  }

  async clearIdentity(viewer: Viewer, workspaceId: WorkspaceId): Promise<boolean> {
    requireOneOf(viewer, workspaceId, ['ADMIN', 'MEMBER']);
    return this.selections.clear(this.database.em(), workspaceId, viewer.userId);
  }

  async #find(em: EntityManager, viewer: Viewer, input: SelectIdentity): Promise<Found> {
    const id = input.connectionId as ConnectionId;
    const connection = isUuid(id) ? await this.connections.find(em, id) : null;
    if (connection === null || connection.workspaceId !== input.workspaceId) return refused(NO_CONNECTION);
    const found = await this.#identityOf(em, viewer, connection.id, input);
    const usable = found.kind === 'found' ? notUsable(found.identity) : null;
    return usable === null ? found : refused(usable);
  }

  async #identityOf(
    em: EntityManager,
    viewer: Viewer,
    connectionId: ConnectionId,
    input: SelectIdentity,
  ): Promise<Found> {
    const id = input.authorizationId as AuthorizationId | null;
    if (id === null) return foundOr(await this.identities.ofBot(em, connectionId), NO_CONNECTION);
    const authorization = isUuid(id) ? await this.authorizations.find(em, id) : null;
    if (authorization === null || authorization.connection.id !== connectionId) return refused(NO_AUTHORIZATION);
    if (authorization.userId !== viewer.userId) {
      // An admin sees it and may be told; for a member there is no such authorization.
      return refused(requireRole(viewer, input.workspaceId) === 'ADMIN' ? NOT_YOURS : NO_AUTHORIZATION);
    }
    return foundOr(await this.identities.ofPerson(em, id), NO_AUTHORIZATION);
  }

  async #channelRefusal(
    { id, connection, authorization }: Identity,
    channelId: string | null,
  ): Promise<Refusal | null> {
    if (channelId === null) return null;
    if (!isChannelId(channelId)) return NOT_A_CHANNEL_ID;
    const { kind, neededScope } = await this.channels.find(id, channelId);
    // Without the scope to look it up, only a send can tell: Slack posts there by `chat:write` alone.
    if (neededScope !== undefined) return null;
    if (kind === 'unavailable') {
      const message = 'Slack cannot be asked about this channel now. Try again, or select without a default channel.';
      throw new TopLevelError('SERVICE_UNAVAILABLE', message, { retryable: true });
    }
    const context = { channelId, postsAs: postsAs(connection, authorization) };
    const { message, remedy } = describeFailure('CHANNEL_NOT_FOUND', context);
    return kind === 'found' ? null : refusal('CHANNEL_NOT_FOUND', 'defaultChannelId', message, remedy);
  }

  /** Under the connection's lock: a disconnect that comes first is seen, one that comes later clears the selection. */
  #save(viewer: Viewer, input: SelectIdentity, { id }: Identity): Promise<SelectResult> {
    const { workspaceId } = input;
    return this.database.transaction(async (em): Promise<SelectResult> => {
      await this.connections.lock(em, input.connectionId as ConnectionId);
      const found = await this.#find(em, viewer, input);
      if (found.kind === 'refused') return found;
      const { userId } = viewer;
      const defaultChannelId = input.defaultChannelId as ChannelId | null;
      await this.selections.save(em, { workspaceId, userId, identityId: id, defaultChannelId, selectedBy: userId });
      const selection = await this.#view(em, viewer, workspaceId, userId);
      if (selection === null) throw new Error('A selection that was just stored is not there.');
      return { kind: 'selected', selection };
    });
  }

  async #view(
    em: EntityManager,
    viewer: Viewer,
    workspaceId: WorkspaceId,
    userId: UserId,
  ): Promise<SelectionView | null> {
    const selection = await this.selections.find(em, workspaceId, userId);
    if (selection === null) return null;
    const [identity] = await this.identities.findMany(em, [selection.identity.id]);
    if (identity === undefined) return null;
    // A person's conversations are that person's alone; an admin or a service sees who is selected, not where.
    const isForeign = identity.kind === 'PERSONAL_USER' && userId !== personIn(viewer, workspaceId);
    const defaultChannelId = isForeign ? null : selection.defaultChannelId;
    return { userId, identity: identityView(identity), defaultChannelId, selectedAt: selection.selectedAt };
  }
}

const notUsable = (identity: Identity): Refusal | null => {
  const code = identityFailure(standingOf(identity));
  if (code === null) return null;
  const personal = isPersonal(code, identity.kind);
  const { credential } = personal && identity.authorization !== null ? identity.authorization : identity.connection;
  const connectionId = identity.connection.id;
  const context = { personal, slackError: credential?.problemCode, connectionId, detail: POSTING_SCOPE };
  const { message, remedy } = describeFailure(code, context);
  return refusal(refusalCodeOf(code), personal ? 'authorizationId' : 'connectionId', message, remedy);
};
