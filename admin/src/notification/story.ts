import type { AttemptOutcome } from '../../generated/graphql.ts';
import type { Detail } from './use-notification.ts';

type Change = Detail['timeline'][number];
type Attempt = Detail['attempts'][number];

export type Step = { readonly at: string; readonly key: string } & (
  { readonly kind: 'change'; readonly change: Change } | { readonly kind: 'attempt'; readonly attempt: Attempt }
);

/** Status changes and tries as one story, in the order in which they happened. */
export function storyOf({ timeline, attempts }: Pick<Detail, 'timeline' | 'attempts'>): Step[] {
  const changes = timeline.map((change): Step => ({ kind: 'change', change, at: change.at, key: change.cursor }));
  const tries = attempts
    .filter(({ outcome }) => outcome !== 'IN_FLIGHT')
    .map((attempt): Step => ({
      kind: 'attempt',
      attempt,
      at: attempt.finishedAt ?? attempt.startedAt,
      key: `attempt-${attempt.number}`,
    }));
  // Slack's answer comes before the change of status that it caused, which may carry the same time.
  return [...tries, ...changes].toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

const OUTCOMES: Readonly<Record<AttemptOutcome, string>> = {
  IN_FLIGHT: 'is under way',
  DELIVERED: 'Slack took it',
  RATE_LIMITED: 'Slack said to wait',
  RETRYABLE: 'Slack could not take it now',
  REJECTED: 'Slack refused it',
  UNKNOWN: 'the answer was lost',
  CONFIRMED_PRESENT: 'the answer was lost, and the message was found in the channel',
  CONFIRMED_ABSENT: 'the answer was lost, and the message is not in the channel',
};

export function wordsOf({ outcome, retryAfterSeconds, slackError, httpStatus }: Attempt): string {
  if (outcome === 'RATE_LIMITED' && typeof retryAfterSeconds === 'number')
    return `Slack asked for ${retryAfterSeconds} s`;
  const why = slackError ?? ((httpStatus ?? 0) >= 400 ? `HTTP ${httpStatus}` : null);
  return why === null ? OUTCOMES[outcome] : `${OUTCOMES[outcome]} (${why})`;
}
