import type { NotificationId } from '../platform/ids.ts';
import type { DeliveryAttempt } from './delivery.entity.ts';
import type { InspectionRepository } from './inspection.repository.ts';
import { waitingOf, type Waiting } from './waiting.policy.ts';

export type AttemptView = Pick<DeliveryAttempt, 'number' | 'startedAt' | 'outcome'> & {
  readonly finishedAt: Date | null;
  readonly slackError: string | null;
  readonly httpStatus: number | null;
  readonly retryAfterSeconds: number | null;
  readonly durationMs: number | null;
};

/** For notifications that the viewer sees already. */
export class InspectionService {
  constructor(private readonly inspection: InspectionRepository) {}

  async attempts(ids: readonly string[]): Promise<AttemptView[][]> {
    const attempts = await this.inspection.attempts(ids as readonly NotificationId[]);
    return ids.map((id) => attempts.filter((attempt) => attempt.notificationId === id).map(viewOf));
  }

  async waiting(ids: readonly string[]): Promise<(Waiting | null)[]> {
    const places = await this.inspection.places(ids as readonly NotificationId[]);
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
