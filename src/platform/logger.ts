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

export const createLogger = (options: { level: string; role: string }): Logger =>
  pino({
    level: options.level,
    // Lines of one request, and of one trace across processes, can be found together.
    mixin: () => ({ ...currentRequestScope(), ...currentTraceIds() }),
    base: { role: options.role, pid: process.pid },
    // `code` only beside the message: an error's own says what went wrong.
    redact: { paths: ['code', ...REDACTED.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])], censor: '[secret]' },
    hooks: { streamWrite: withoutSecrets },
  });
