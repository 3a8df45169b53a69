import { pino, type Logger as PinoLogger } from 'pino';

export type Logger = PinoLogger;

/** Field names whose values never reach a log line, at the top level or one level down. */
const REDACTED = [
  'token',
  'authorization',
  'password',
  'client_secret',
  'clientSecret',
  'code',
  'state',
  'claim',
  'secret',
];

export const createLogger = (options: { level: string; role: string }): Logger =>
  pino({
    level: options.level,
    base: { role: options.role, pid: process.pid },
    redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[secret]' },
  });
