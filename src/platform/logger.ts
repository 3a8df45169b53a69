import { pino, type Logger as PinoLogger } from 'pino';
import { currentRequestScope } from './request-scope.ts';
import { currentTraceIds } from './tracing.ts';

export type Logger = PinoLogger;

/** Field names whose values never reach a log line, down to three levels: errors carry requests, requests headers. */
const REDACTED = [
  'token',
  'access_token',
  'refresh_token',
  'authorization',
  'password',
  'client_secret',
  'clientSecret',
  'code_verifier',
  'state',
  'claim',
  'secret',
];

/** What must not stand in a line whatever its field is called: Slack's tokens, bearer tokens, a password in an address. */
const SECRETS_IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/\bxox[a-z](?:\.xox[a-z])?-[\w-]+/g, '[secret]'],
  [/\bBearer [\w.~+/-]+/gi, 'Bearer [secret]'],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, '[secret]'],
  [/(\w:\/\/[^\s:/@"]+):[^\s@/"]+@/g, '$1:[secret]@'],
];

export const withoutSecrets = (line: string): string =>
  SECRETS_IN_TEXT.reduce((text, [pattern, shown]) => text.replace(pattern, shown), line);

/** Where Postgres repeats the row that it refused, with the text of a message in it. */
const CONTENT = ['err.detail'];

/** With `content`, what messages say may stand in the log. */
export const createLogger = (options: { level: string; role: string; content?: boolean }): Logger =>
  pino({
    level: options.level,
    // Lines of one request, and of one trace across processes, can be found together.
    mixin: () => ({ ...currentRequestScope(), ...currentTraceIds() }),
    base: { role: options.role, pid: process.pid },
    // `code` only beside the message: an error's own says what went wrong.
    redact: {
      paths: [
        'code',
        ...REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        ...(options.content === true ? [] : CONTENT),
      ],
      censor: (_value, path) => (path.at(-1) === 'detail' ? '[content]' : '[secret]'),
    },
    hooks: { streamWrite: withoutSecrets },
  });
