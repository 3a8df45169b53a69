import DataLoader from 'dataloader';
import { FieldResolver, Resolver, Root } from 'type-graphql';
import { DeliveryAttempt, Waiting } from '../notifications/delivery.types.ts';
import { Notification } from '../notifications/notification.types.ts';
import type { NotificationView } from '../notifications/notification.view.ts';
import type { InspectionService } from './inspection.service.ts';

/** What delivery knows of a notification: its attempts, and why it is not moving. */
@Resolver(() => Notification)
export class InspectionResolver {
  // Batches the fields of one tick and keeps nothing: a status is never served from memory.
  readonly #attempts: DataLoader<string, DeliveryAttempt[]>;
  readonly #waiting: DataLoader<string, Waiting | null>;

  constructor(inspection: InspectionService) {
    this.#attempts = new DataLoader((ids) => inspection.attempts(ids), { cache: false });
    this.#waiting = new DataLoader((ids) => inspection.waiting(ids), { cache: false });
  }

  @FieldResolver(() => [DeliveryAttempt])
  attempts(@Root() notification: NotificationView): Promise<DeliveryAttempt[]> {
    return this.#attempts.load(notification.id);
  }

  @FieldResolver(() => Waiting, { nullable: true })
  async waiting(@Root() notification: NotificationView): Promise<Waiting | null> {
    return notification.finishedAt === null ? this.#waiting.load(notification.id) : null;
  }
}
