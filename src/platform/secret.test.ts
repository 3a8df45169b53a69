import { inspect } from 'node:util';
import { serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { createLogger, type Logger } from './logger.ts';
import { Secret } from './secret.ts';

const VALUE = 'xoxb-a-token';
const secret = new Secret(VALUE);

test('a secret is given only to who asks for it by name', () => {
  expect(secret.reveal()).toBe(VALUE);
});

test.each([
  ['a template', () => `said: ${secret as unknown as string}`],
  ['String', () => String(secret)],
  ['JSON', () => JSON.stringify({ secret, list: [secret] })],
  ['an inspector', () => inspect({ deep: { secret } }, { depth: 9, showHidden: true })],
  ['its own keys', () => JSON.stringify(Object.entries(secret))],
  ['a copy', () => inspect(structuredClone({ secret }), { showHidden: true })],
  ['bytes of a copy', () => serialize({ secret }).toString('latin1')],
  ['an error', () => new Error(`cannot use ${secret as unknown as string}`).stack ?? ''],
])('%s does not print it', (_name, print) => {
  expect(print()).not.toContain(VALUE);
});

/** What a logger writes. */
const logged = (write: (logger: Logger) => void): string => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', role: 'test' });
  const stream = Object.getOwnPropertySymbols(logger).find((symbol) => String(symbol) === 'Symbol(pino.stream)');
  if (!stream) throw new Error('pino has no stream.');
  (logger as unknown as Record<symbol, object>)[stream] = { write: (line: string) => lines.push(line) };
  write(logger);
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
};

test('a log line prints neither a secret nor a field that is named like one, down to the headers of a request', () => {
  const deep = { config: { headers: { authorization: VALUE } }, request: { body: { client_secret: VALUE } } };
  const line = logged((logger) =>
    logger.info({ given: secret, token: VALUE, body: { authorization: VALUE, claim: VALUE }, ...deep }, 'said'),
  );
  expect(line).toContain('[secret]');
  expect(line).not.toContain(VALUE);
});

test.each([
  ['a bot’s token', 'xoxb-1234-abcd'],
  ['a rotating token', 'xoxe.xoxp-1-Mi0y'],
  ['a refresh token', 'xoxe-1-My0x'],
  ['a bearer token', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ['a bare JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'],
  ['the password of an address', 'postgresql://app:hunter2@db/heliograph'],
])('%s is cut out of a line, wherever it stands', (_name, text) => {
  const [piece = text] = /xox\S+|eyJ\S+|hunter2/.exec(text) ?? [];
  const error = Object.assign(new Error(`It said ${text}, and no more`), { detail: [text] });
  const line = logged((logger) => logger.error({ err: error, [`a ${text}`]: 1 }, `while saying ${text}`));
  expect(line).not.toContain(piece);
  expect(JSON.parse(line)).toMatchObject({ level: 50, err: { message: expect.stringContaining('It said') as string } });
});

test('an error keeps its code, which says what went wrong', () => {
  const error = Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
  expect(logged((logger) => logger.warn({ err: error }, 'away'))).toContain('ECONNREFUSED');
});
