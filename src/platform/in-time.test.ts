import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

test('what comes in time is given back, also a failure; what does not is undefined', async () => {
  expect(await inTime(Promise.resolve('it'), 1000)).toBe('it');
  await expect(inTime(Promise.reject(new Error('no')), 1000)).rejects.toThrow('no');
  expect(await inTime(pause(1000, 'late', { ref: false }), 5)).toBeUndefined();
});
