import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
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
  ['an error', () => new Error(`cannot use ${secret as unknown as string}`).stack ?? ''],
])('%s does not print it', (_name, print) => {
  expect(print()).not.toContain(VALUE);
});

test('a log line prints neither a secret nor a field that is named like one', () => {
  const lines: string[] = [];
  const logger = createLogger({ level: 'info', role: 'test' });
  const stream = Object.getOwnPropertySymbols(logger).find((symbol) => String(symbol) === 'Symbol(pino.stream)');
  if (!stream) throw new Error('pino has no stream.');
  (logger as unknown as Record<symbol, object>)[stream] = { write: (line: string) => lines.push(line) };
  logger.info({ given: secret, token: VALUE, body: { authorization: VALUE, claim: VALUE } }, 'said');
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('[secret]');
  expect(lines[0]).not.toContain(VALUE);
});
