import { expect, test } from 'vitest';
import { momentOf } from './moment.ts';

test.each(['', 'soon', '202610-12-31T10:30', '12026-12-31T10:30', '+012026-12-31T10:30Z'])(
  '"%s" is no time, and throws nothing',
  (given) => expect(momentOf(given)).toBeUndefined(),
);

test('a time of the browser is a moment of the API', () => {
  expect(momentOf('2026-11-20T10:00')).toBe(new Date('2026-11-20T10:00').toISOString());
});
