import DataLoader from 'dataloader';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { maySeeNotification } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { ConnectionLoader } from '../connections/connection-loader.ts';
import { SlackTeam } from '../connections/connections.types.ts';
import { Identity } from '../identities/identities.types.ts';
import type { IdentityLoader } from '../identities/identity-loader.ts';
import type { GraphQLContext } from '../graphql/context.ts';
import { Url } from '../graphql/scalars.ts';
import type { NotificationId } from '../platform/ids.ts';
import type { NotificationService } from './notification.service.ts';
import { Notification } from './notification.types.ts';
import { viewOf, type NotificationView } from './notification.view.ts';

/** What a notification's row only names. Each loader batches one tick and keeps nothing. */
@Resolver(() => Notification)
export class NotificationFieldsResolver {
  readonly #notifications: DataLoader<NotificationId, NotificationView | null>;
  readonly #resends: DataLoader<NotificationId, NotificationView | null>;

  constructor(
    private readonly notifications: NotificationService,
    private readonly connections: ConnectionLoader,
    private readonly identities: IdentityLoader,
  ) {
    const once = { cache: false };
    this.#notifications = new DataLoader(async (ids) => viewsOf(ids, await notifications.load(ids)), once);
    this.#resends = new DataLoader(async (ids) => viewsOf(ids, await notifications.resendsOf(ids)), once);
  }

  @FieldResolver(() => Identity, { nullable: true })
  async identity(@Root() { stored }: NotificationView): Promise<Identity | null> {
    return stored.identityId === null ? null : this.identities.identity(stored.identityId);
  }

  @FieldResolver(() => SlackTeam, { nullable: true })
  async team(@Root() { stored }: NotificationView): Promise<SlackTeam | null> {
    return stored.connectionId === null ? null : (await this.connections.connection(stored.connectionId)).team;
  }

  @FieldResolver(() => Url, { nullable: true })
  async permalink(@Root() { stored }: NotificationView): Promise<string | null> {
    return (await this.notifications.permalink(stored)) ?? null;
  }

  @FieldResolver(() => Notification, { nullable: true })
  async resendOf(
    @Root() { stored }: NotificationView,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Notification | null> {
    return stored.resendOf === null ? null : visibleTo(viewer, await this.#notifications.load(stored.resendOf));
  }

  @FieldResolver(() => Notification, { nullable: true })
  async resentAs(
    @Root() { stored }: NotificationView,
    @Ctx() { viewer }: GraphQLContext,
  ): Promise<Notification | null> {
    return visibleTo(viewer, await this.#resends.load(stored.id));
  }
}

/** Who sees one of the two may not see the other: somebody else may have asked for it. */
const visibleTo = (viewer: Viewer, view: NotificationView | null): NotificationView | null =>
  view !== null && maySeeNotification(viewer, view.stored) ? view : null;

const viewsOf = (
  ids: readonly NotificationId[],
  found: ReadonlyMap<NotificationId, NotificationView['stored']>,
): (NotificationView | null)[] =>
  ids.map((id) => {
    const notification = found.get(id);
    return notification ? viewOf(notification) : null;
  });
