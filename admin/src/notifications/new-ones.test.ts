import { expect, test } from 'vitest';
import type { DeliveryStatus, NotificationRowFragment } from '../../generated/graphql.ts';
import { MOST_COUNTED, newAfter } from './new-ones.ts';

const MOVING = { statuses: ['QUEUED', 'SENDING', 'RETRYING'] } satisfies { statuses: DeliveryStatus[] };

const row = (id: string, status: DeliveryStatus, createdAt = '2026-11-27T12:00:00Z'): NotificationRowFragment =>
  ({ id, status, createdAt, text: 'hello' }) as NotificationRowFragment;

const after = (changes: readonly NotificationRowFragment[], list: Parameters<typeof newAfter>[2]): string[] => [
  ...changes.reduce((ids, changed) => newAfter(ids, changed, list), new Set<string>() as ReadonlySet<string>),
];

test('what has left the filter again is not new to it, and what comes back is', () => {
  const list = { filter: MOVING, rows: [], hasMore: false };
  expect(after([row('a', 'QUEUED'), row('b', 'QUEUED'), row('a', 'SENDING')], list)).toEqual(['a', 'b']);
  expect(after([row('a', 'QUEUED'), row('b', 'QUEUED'), row('a', 'DELIVERED')], list)).toEqual(['b']);
  expect(after([row('a', 'RETRYING'), row('a', 'FAILED'), row('a', 'RETRYING')], list)).toEqual(['a']);
});

test('what is shown already is not new, nor what has its place further down', () => {
  const shown = row('shown', 'QUEUED');
  const older = row('older', 'QUEUED', '2026-11-26T12:00:00Z');
  expect(after([shown, older], { filter: {}, rows: [shown], hasMore: true })).toEqual([]);
  expect(after([shown, older], { filter: {}, rows: [shown], hasMore: false })).toEqual(['older']);
});

test('a change that changes nothing of it draws nothing anew', () => {
  const list = { filter: MOVING, rows: [], hasMore: false };
  const ids = newAfter(new Set(), row('a', 'QUEUED'), list);
  expect(newAfter(ids, row('a', 'SENDING'), list)).toBe(ids);
  expect(newAfter(ids, row('b', 'DELIVERED'), list)).toBe(ids);
});

test('no more are counted than a number can tell', () => {
  const many = Array.from({ length: MOST_COUNTED + 5 }, (_, index) => row(`${index}`, 'DELIVERED'));
  expect(after(many, { filter: {}, rows: [], hasMore: false })).toHaveLength(MOST_COUNTED);
});
