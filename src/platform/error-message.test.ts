import { expect, test } from 'vitest';
import { messageOf } from './error-message.ts';

test.each([
  ['an error', new Error('no room'), 'no room'],
  [
    'several at once, as of localhost with two addresses',
    new AggregateError([new Error('connect ECONNREFUSED ::1:5432'), new Error('connect ECONNREFUSED 127.0.0.1:5432')]),
    'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
  ],
  ['an error without words', new TypeError(''), 'TypeError'],
  ['what is no error', 'stop', 'stop'],
])('%s is told in words', (_what, error, words) => {
  expect(messageOf(error)).toBe(words);
});
