import DataLoader from 'dataloader';
import type { AuthorizationId, ConnectionId, UserId } from '../platform/ids.ts';
import type { ConnectionsService } from './connections.service.ts';
import type { AuthorizationView, ConnectionView } from './view.policy.ts';

interface Membership {
  readonly connectionId: ConnectionId;
  readonly userId: UserId;
}

/** Batches only, and keeps nothing: one serves all requests, and a socket that lives for hours never sees an old state. */
const BATCHED = { cache: false };

/** What fields of objects load by id, one query for all of a request instead of one each. */
export class ConnectionLoader {
  readonly #connections: DataLoader<ConnectionId, ConnectionView>;
  readonly #authorizations: DataLoader<AuthorizationId, AuthorizationView>;
  readonly #live: DataLoader<Membership, AuthorizationView | null>;

  constructor(views: ConnectionsService) {
    this.#connections = new DataLoader(async (ids) => {
      const found = new Map((await views.connectionsById(ids)).map((view) => [view.id, view]));
      return ids.map((id) => found.get(id) ?? new Error(`The connection ${id} is not there.`));
    }, BATCHED);
    this.#authorizations = new DataLoader(async (ids) => {
      const found = new Map((await views.authorizationsById(ids)).map((view) => [view.id, view]));
      return ids.map((id) => found.get(id) ?? new Error(`The authorization ${id} is not there.`));
    }, BATCHED);
    this.#live = new DataLoader(async (pairs) => {
      const found = await views.liveAuthorizations(pairs);
      return pairs.map(
        ({ connectionId, userId }) =>
          found.find((view) => view.connectionId === connectionId && view.userId === userId) ?? null,
      );
    }, BATCHED);
  }

  connection(id: ConnectionId): Promise<ConnectionView> {
    return this.#connections.load(id);
  }

  authorization(id: AuthorizationId): Promise<AuthorizationView> {
    return this.#authorizations.load(id);
  }

  liveAuthorization(of: Membership): Promise<AuthorizationView | null> {
    return this.#live.load(of);
  }
}
