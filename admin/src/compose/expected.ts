import { atTime, lasted } from '../parts/moment.ts';

/** When it should be there. `delaySeconds` has the time until a scheduled one is due in it, and tells no other wait apart. */
export function wordsOfExpected(
  delaySeconds: number,
  scheduledFor: string | null | undefined,
  now = Date.now(),
): string {
  if (delaySeconds <= 1) return 'It should be there at once.';
  return scheduledFor
    ? `It is to go at ${atTime(scheduledFor, now)}, and goes then or as soon after as its turn comes.`
    : `Others are before it: it should be there in about ${lasted(delaySeconds * 1000)}.`;
}
