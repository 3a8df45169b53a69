import DataLoader from 'dataloader';
import { Arg, FieldResolver, ID, Resolver, Root, Subscription } from 'type-graphql';
import type { GraphQLContext } from '../graphql/context.ts';
import { Grouped, SharedEvents } from '../graphql/shared-log.ts';
import { DeliveryStatusChange, Notification } from '../notifications/notification.types.ts';
import { failureOf, viewOf, type NotificationView } from '../notifications/notification.view.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { encodeCursor, type LogPosition } from './cursor.policy.ts';
import type { StatusChange } from './status-log.entity.ts';
import type { StatusStreamService, StreamRequest } from './status-stream.service.ts';
import type { TimelineService } from './timeline.service.ts';

@Resolver(() => DeliveryStatusChange)
export class StatusStreamResolver {
  readonly #notifications: DataLoader<string, NotificationView>;

  constructor(
    private readonly stream: StatusStreamService,
    timelines: TimelineService,
  ) {
    this.#notifications = new DataLoader(async (ids) => (await timelines.notifications(ids)).map(viewOf), {
      cache: false,
    });
  }

  async open(context: GraphQLContext, request: StreamRequest): Promise<SharedEvents<StatusChange, LogPosition>> {
    const { log, from, audience } = await this.stream.subscribe(context.viewer, request);
    return new SharedEvents(log, from, audience);
  }

  @Grouped('after')
  @Subscription(() => DeliveryStatusChange, {
    description:
      'Every status change that the viewer may see in a workspace, in order, exactly once per cursor. With `after`, first replays what came ' +
      'since, then follows. `notification` is as it is now; the rest is the change. An `after` that is too old is CURSOR_EXPIRED, a malformed ' +
      'one CURSOR_INVALID.',
    subscribe: ({ context, args }: { context: GraphQLContext; args: StreamRequest }) =>
      context.resolver(StatusStreamResolver).open(context, args),
  })
  deliveryStatusChanged(
    @Root() change: StatusChange,
    @Arg('workspaceId', () => ID, { description: 'The workspace; FORBIDDEN where the viewer has no role in it.' })
    _workspaceId: WorkspaceId,
    @Arg('notificationId', () => ID, { nullable: true, description: "Only this notification's changes." })
    _notificationId: string | null | undefined,
    @Arg('after', () => String, {
      nullable: true,
      description: "A change's `cursor` or a page's `liveCursor`: begin right after it; now where it is left out.",
    })
    _after: string | null | undefined,
  ): DeliveryStatusChange {
    return changeView(change);
  }

  @FieldResolver(() => Notification)
  notification(@Root() change: DeliveryStatusChange): Promise<NotificationView> {
    return this.#notifications.load(change.notificationId);
  }
}

@Resolver(() => Notification)
export class TimelineResolver {
  readonly #timelines: DataLoader<string, StatusChange[]>;

  constructor(timelines: TimelineService) {
    this.#timelines = new DataLoader((ids) => timelines.timelines(ids), { cache: false });
  }

  @FieldResolver(() => [DeliveryStatusChange])
  async timeline(@Root() { id, stored }: NotificationView): Promise<DeliveryStatusChange[]> {
    const changes = await this.#timelines.load(id);
    return changes.filter((change) => isToldBy(stored, change)).map(changeView);
  }
}

/** The log is read after the row: what came in between would be passed over by whoever follows from the last change. */
const isToldBy = ({ logEpoch, logStamp }: NotificationView['stored'], { position }: StatusChange): boolean =>
  position.epoch < logEpoch || (position.epoch === logEpoch && position.stamp <= BigInt(logStamp));

const changeView = (change: StatusChange): DeliveryStatusChange => ({
  cursor: encodeCursor(change.position),
  notificationId: change.notificationId,
  from: change.from,
  to: change.to,
  attempt: change.attempt,
  failure: failureOf({ ...change, status: change.to }),
  at: change.at,
});
