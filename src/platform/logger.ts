import fs from 'node:fs';
import { pino, type Logger as PinoLogger, type LoggerOptions } from 'pino';
import { currentRequestScope } from './request-scope.ts';
import { currentTraceIds } from './tracing.ts';

export type Logger = PinoLogger;

const { writeSync } = fs;

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

/** What cannot be written is kept up to here; what comes then is dropped. */
const KEPT_BYTES = 8 * 1024 * 1024;

/** To a pipe that nobody reads any more, and to a disk that is full, all is written that can be. */
const NOT_WRITTEN = new Set(['EPIPE', 'ENOSPC', 'EDQUOT', 'EIO']);

const writeOrDrop = (fd: number, text: string): number => {
  try {
    return writeSync(fd, text);
  } catch (error) {
    if (!NOT_WRITTEN.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return Buffer.byteLength(text);
  }
};

/**
 * At the end of the process what is left is written until it has left: to a pipe that nobody reads that would be for ever,
 * and the process would have no end. There is no other way in than the function that it is written by.
 */
const standardOutput = () => {
  const destination = pino.destination({ fd: process.stdout.fd, sync: false, maxLength: KEPT_BYTES });
  // Unheard, a full disk would end the process, which delivers without a log as well. With the next line it is tried again.
  destination.on('error', () => {});
  const flushSync = destination.flushSync.bind(destination);
  destination.flushSync = () => {
    fs.writeSync = writeOrDrop as typeof writeSync;
    try {
      flushSync();
    } finally {
      fs.writeSync = writeSync;
    }
  };
  return destination;
};

/** With `content`, what messages say may stand in the log. */
export const createLogger = (options: { level: string; role: string; content?: boolean }): Logger => {
  const settings: LoggerOptions = {
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
  };
  return pino(settings, standardOutput());
};
