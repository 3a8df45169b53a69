import type { DeliveryForecast, Forecast, PlaceInLine } from '../notifications/delivery-forecast.ts';
import type { NotificationId } from '../platform/ids.ts';
import type { DeliveryAttempt } from './delivery.entity.ts';
import { forecastOf } from './forecast.policy.ts';
import type { InspectionRepository } from './inspection.repository.ts';
import type { Pace } from './pace.policy.ts';
import { waitingOf, type Waiting } from './waiting.policy.ts';

export type AttemptView = Pick<DeliveryAttempt, 'number' | 'startedAt' | 'outcome'> & {
  readonly finishedAt: Date | null;
  readonly slackError: string | null;
  readonly httpStatus: number | null;
  readonly retryAfterSeconds: number | null;
  readonly durationMs: number | null;
};

/** What the queue looks like; for notifications that the viewer sees already, or might send. */
export class InspectionService implements DeliveryForecast {
  constructor(
    private readonly inspection: InspectionRepository,
    private readonly pace: Pace,
  ) {}

  async forecast(place: PlaceInLine): Promise<Forecast> {
    return forecastOf(await this.inspection.line(place), this.pace);
  }

  async attempts(ids: readonly string[]): Promise<AttemptView[][]> {
    const attempts = await this.inspection.attempts(ids as readonly NotificationId[]);
    return ids.map((id) => attempts.filter((attempt) => attempt.notificationId === id).map(viewOf));
  }

  async waiting(ids: readonly string[]): Promise<(Waiting | null)[]> {
    const places = await this.inspection.places(ids as readonly NotificationId[], this.pace);
    return ids.map((id) => {
      const place = places.get(id as NotificationId);
      return place ? waitingOf(place) : null;
    });
  }
}

const viewOf = (attempt: DeliveryAttempt): AttemptView => ({
  number: attempt.number,
  startedAt: attempt.startedAt,
  finishedAt: attempt.finishedAt,
  outcome: attempt.outcome,
  slackError: attempt.slackError,
  httpStatus: attempt.httpStatus,
  retryAfterSeconds: attempt.retryAfterSeconds,
  durationMs: attempt.durationMs,
});
