import { describe, expect, test } from 'vitest';
import { Secret } from '../platform/secret.ts';
import { checkSignature, signatureOf } from './slack-signature.policy.ts';

/** The example of Slack's own documentation of signed requests. */
const DOCUMENTED = {
  secret: new Secret('8f742231b10e8888abcd99yyyzzz85a5'),
  timestamp: '1531420618',
  body: Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  ),
  signature: 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
};
const { secret, ...request } = DOCUMENTED;
const NOW = 1531420618;

test('the documented example is signed as documented', () => {
  expect(signatureOf(request.timestamp, request.body, secret)).toBe(request.signature);
  expect(checkSignature(request, secret, NOW)).toBe('ok');
});

describe('five minutes', () => {
  test.each([
    [0, 'ok'],
    [300, 'ok'],
    [-300, 'ok'],
    [301, 'stale'],
    [-301, 'stale'],
  ])('%d s after the timestamp it is %s', (seconds, verdict) => {
    expect(checkSignature(request, secret, NOW + seconds)).toBe(verdict);
  });
});

test.each([
  ['another body', { body: Buffer.concat([request.body, Buffer.from(' ')]) }],
  ['another timestamp', { timestamp: '1531420619' }],
  ['no signature', { signature: undefined }],
  ['no timestamp', { timestamp: undefined }],
  ['a timestamp that is no number', { timestamp: '1531420618.0' }],
  ['half of the signature', { signature: request.signature.slice(0, 30) }],
  ['another version of it', { signature: request.signature.replace('v0', 'v1') }],
  ['a longer one of other characters', { signature: 'ü'.repeat(67) }],
])('with %s it is wrong', (_name, but) => {
  expect(checkSignature({ ...request, ...but }, secret, NOW)).toBe('wrong');
});

test('with another secret it is wrong', () => {
  expect(checkSignature(request, new Secret('another'), NOW)).toBe('wrong');
});
