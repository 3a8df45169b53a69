import { readExchange, retryAfterSeconds, type Exchange, type Reading } from './exchange.policy.ts';
import type { SlackAnswer } from './gateway.ts';
import type { Read } from './slack-answers.ts';

type Refused = Extract<Reading, { kind: 'refused' }>;

const refusal = (refused: Refused): SlackAnswer<never> =>
  refused.error === 'ratelimited' || refused.error === 'rate_limited'
    ? { kind: 'rateLimited', retryAfterSeconds: retryAfterSeconds(refused.retryAfter) }
    : {
        kind: 'refused',
        error: refused.error,
        ...(refused.needed === undefined ? {} : { needed: refused.needed }),
        ...(refused.provided === undefined ? {} : { provided: refused.provided }),
      };

/** What a call that may be repeated came to; `read` takes what is promised out of the body, or says that it is not there. */
export const slackAnswer = <T>(exchange: Exchange, read: Read<T>): SlackAnswer<T> => {
  const reading = readExchange(exchange);
  switch (reading.kind) {
    case 'ok': {
      const value = read(reading.body, reading.answeredAt);
      return value === undefined
        ? { kind: 'unavailable', detail: 'Slack said ok without what it should have told.' }
        : { kind: 'ok', value, scopes: reading.scopes };
    }
    case 'refused':
      return refusal(reading);
    case 'rateLimited':
      return { kind: 'rateLimited', retryAfterSeconds: reading.retryAfterSeconds };
    case 'turnedAway':
      return { kind: 'unavailable', detail: `The request was turned away with HTTP ${reading.httpStatus}.` };
    case 'notSent':
    case 'notMade':
    case 'unclear':
      return { kind: 'unavailable', detail: reading.detail };
  }
};
