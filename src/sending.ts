import type { ChannelsService } from './channels/channels.service.ts';
import { EventTypeRepository } from './event-types/event-type.repository.ts';
import { EventTypesService } from './event-types/event-types.service.ts';
import { countMovesBy, type Ground } from './foundation.ts';
import { SenderRepository } from './identities/sender.repository.ts';
import { SenderService } from './identities/sender.service.ts';
import { AcceptService } from './notifications/accept.service.ts';
import type { DeliveryForecast } from './notifications/delivery-forecast.ts';
import { MendService } from './notifications/mend.service.ts';
import type { Entrance, NotificationQueue } from './notifications/notification-queue.ts';
import type { NotificationRepository } from './notifications/notification.repository.ts';
import { PreflightService } from './notifications/preflight.service.ts';
import { QueueLimit } from './notifications/queue-limit.service.ts';
import { SendService } from './notifications/send.service.ts';
import { TriggersService } from './notifications/triggers.service.ts';
import { WordsRepository } from './notifications/words.repository.ts';
import { systemClock } from './platform/clock.ts';

/** What can be triggered, what is sent, what would come of it, and what is sent again. */
export const createSending = (
  { config, database, metrics }: Ground,
  rows: NotificationRepository,
  delivery: { readonly queue: NotificationQueue; readonly worker: Entrance; readonly inspection: DeliveryForecast },
  channels: ChannelsService,
) => {
  const { queue, worker: entrance, inspection: forecast } = delivery;
  const eventTypes = new EventTypesService(new EventTypeRepository(database));
  const countMoves = countMovesBy(metrics);
  const senders = new SenderService(new SenderRepository(database));
  const accepting = new AcceptService(database, rows, queue, entrance, new WordsRepository(), countMoves);
  const limit = new QueueLimit(rows, config.delivery.queueMaxPerWorkspace, systemClock);
  const sends = new SendService(rows, accepting, limit, senders, systemClock);
  const triggers = new TriggersService(eventTypes, sends);
  const preflights = new PreflightService(sends, senders, channels, limit, forecast, systemClock);
  const mends = new MendService(database, rows, queue, senders, accepting, limit, countMoves);
  return { eventTypes, sends, triggers, preflights, mends };
};
