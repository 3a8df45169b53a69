import { madeStorable } from '../platform/text.ts';

/** Everything that can be known about one HTTP request to Slack, as the transport saw it. */
export type Exchange =
  | { readonly kind: 'notStarted'; readonly reason: 'DEADLINE' | 'SETUP'; readonly detail: string }
  | {
      readonly kind: 'noAnswer';
      /** False only where it is certain that not a byte of the request left. */
      readonly bytesLeft: boolean;
      readonly detail: string;
    }
  | {
      readonly kind: 'answered';
      readonly httpStatus: number;
      readonly retryAfter: string | undefined;
      readonly oauthScopes: string | undefined;
      readonly date: string | undefined;
      /** False where the connection ended before the body did. */
      readonly complete: boolean;
      readonly body: string;
    };

export type AnswerBody = Readonly<Record<string, unknown>>;

/** An exchange, read: what Slack said, before it is asked what that means for a particular call. */
export type Reading =
  | { readonly kind: 'notSent'; readonly reason: 'DEADLINE' | 'CONNECTION'; readonly detail: string }
  /** The input cannot be put into a request; the next try would end the same. */
  | { readonly kind: 'notMade'; readonly detail: string }
  | {
      readonly kind: 'ok';
      readonly httpStatus: number;
      readonly body: AnswerBody;
      readonly scopes: readonly string[] | undefined;
      /** Slack's clock when it answered, to the second; undefined where the answer does not say. */
      readonly answeredAt: Date | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly httpStatus: number;
      readonly error: string;
      readonly retryAfter: string | undefined;
      readonly needed?: string;
      readonly provided?: string;
      /** Slack's hints on what is wrong, such as the place in the blocks. */
      readonly hints: readonly string[];
    }
  | { readonly kind: 'rateLimited'; readonly httpStatus: number; readonly retryAfterSeconds: number }
  /** HTTP 4xx without a code of Slack's: the request was turned away, by Slack or by something in front of it. */
  | { readonly kind: 'turnedAway'; readonly httpStatus: number }
  | { readonly kind: 'unclear'; readonly detail: string; readonly httpStatus?: number };

/** Slack names no wait, or one that cannot be read: long enough for a minute's window to move on. */
export const DEFAULT_RETRY_AFTER_SECONDS = 30;

/** Nothing waits longer than this at once, whatever a header says; Postgres could not even add up some of them. */
export const LONGEST_RETRY_AFTER_SECONDS = 30 * 86_400;

/** Whole positive seconds as Slack sends them; a date, a fraction, zero or garbage is no answer to "how long". */
export const retryAfterSeconds = (header: string | undefined): number => {
  const text = header?.trim() ?? '';
  const seconds = /^\d+$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(seconds) || seconds <= 0) return DEFAULT_RETRY_AFTER_SECONDS;
  return Math.min(seconds, LONGEST_RETRY_AFTER_SECONDS);
};

const timeOf = (header: string | undefined): Date | undefined => {
  const time = new Date(header ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time;
};

const WELL_FORMED_CODE = /^[a-z0-9_]{1,100}$/;

const isObject = (value: unknown): value is AnswerBody =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parseObject = (text: string): AnswerBody | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** `chat:write, users:read` as Slack lists scopes. */
export const splitScopes = (list: string): string[] => [
  ...new Set(list.split(/[\s,]+/).filter((scope) => scope !== '')),
];

/**
 * Foreign text that may end in a log, in a row or in front of a person is kept short, and such that Postgres takes it: the
 * cut may go through an emoji, and an answer that cannot be stored would be asked for again and again.
 */
const clipped = (text: string): string => madeStorable(text.length > 200 ? `${text.slice(0, 199)}…` : text);

const optionalText = (body: AnswerBody, key: 'needed' | 'provided'): Record<string, string> => {
  const value = body[key];
  return typeof value === 'string' && value !== '' ? { [key]: clipped(value) } : {};
};

const MAX_HINTS = 3;

const hintsOf = (body: AnswerBody): string[] => {
  const metadata = body['response_metadata'];
  const messages = isObject(metadata) ? metadata['messages'] : undefined;
  if (!Array.isArray(messages)) return [];
  return messages
    .filter((message) => typeof message === 'string')
    .slice(0, MAX_HINTS)
    .map(clipped);
};

type Answered = Extract<Exchange, { kind: 'answered' }>;

/** As OAuth has it, the code alone under an HTTP 400, without Slack's `ok`. */
const isOAuthRefusal = ({ httpStatus }: Answered, body: AnswerBody): boolean =>
  httpStatus === 400 && body['ok'] === undefined && body['error'] === 'invalid_grant';

const readRefusal = (answer: Answered, body: AnswerBody | undefined): Reading | undefined => {
  const error = body?.['error'];
  if (body === undefined || typeof error !== 'string' || !WELL_FORMED_CODE.test(error)) return undefined;
  if (body['ok'] !== false && !isOAuthRefusal(answer, body)) return undefined;
  return {
    kind: 'refused',
    httpStatus: answer.httpStatus,
    error,
    retryAfter: answer.retryAfter,
    ...optionalText(body, 'needed'),
    ...optionalText(body, 'provided'),
    hints: hintsOf(body),
  };
};

const readOk = (answer: Answered, body: AnswerBody | undefined): Reading | undefined =>
  answer.httpStatus === 200 && body?.['ok'] === true
    ? {
        kind: 'ok',
        httpStatus: answer.httpStatus,
        body,
        scopes: answer.oauthScopes === undefined ? undefined : splitScopes(answer.oauthScopes),
        answeredAt: timeOf(answer.date),
      }
    : undefined;

const readAnswer = (answer: Answered): Reading => {
  const { httpStatus } = answer;
  const unclear = (detail: string): Reading => ({ kind: 'unclear', detail, httpStatus });
  // The status alone says that nothing was done; whatever came as the body of a 429 does not matter.
  if (httpStatus === 429) {
    return { kind: 'rateLimited', httpStatus, retryAfterSeconds: retryAfterSeconds(answer.retryAfter) };
  }
  // A 5xx may come from a proxy while Slack went on with the request, so not even a code in its body is believed.
  if (httpStatus >= 500) return unclear(`Slack answered HTTP ${httpStatus}.`);
  const body = answer.complete ? parseObject(answer.body) : undefined;
  if (httpStatus === 200 || (httpStatus >= 400 && httpStatus < 500)) {
    const read = readRefusal(answer, body) ?? readOk(answer, body);
    if (read !== undefined) return read;
    // An answer that says "ok" under a 4xx contradicts itself: that is no refusal.
    if (httpStatus !== 200 && body?.['ok'] !== true) return { kind: 'turnedAway', httpStatus };
  }
  if (!answer.complete) return unclear('The connection ended in the middle of the answer.');
  return unclear(`The answer (HTTP ${httpStatus}) is not one of Slack's.`);
};

/** Total: every exchange has a reading, and nothing that Slack or a proxy sends makes it throw. */
export const readExchange = (exchange: Exchange): Reading => {
  switch (exchange.kind) {
    case 'notStarted':
      return exchange.reason === 'DEADLINE'
        ? { kind: 'notSent', reason: 'DEADLINE', detail: exchange.detail }
        : { kind: 'notMade', detail: exchange.detail };
    case 'noAnswer':
      return exchange.bytesLeft
        ? { kind: 'unclear', detail: exchange.detail }
        : { kind: 'notSent', reason: 'CONNECTION', detail: exchange.detail };
    case 'answered':
      return readAnswer(exchange);
  }
};
