import { expect, test } from 'vitest';
import type { NotificationRowFragment } from '../../generated/graphql.ts';
import { filterOf, matches } from './filter.ts';

const row = {
  status: 'FAILED',
  text: 'The audit of example.com failed.',
  channelId: 'C1',
  requestedBy: 'ada',
  priority: 'HIGH',
  failure: { code: 'NOT_IN_CHANNEL' },
  createdAt: '2026-11-20T10:00:00Z',
} as unknown as NotificationRowFragment;

const from = (query: string) => filterOf(new URLSearchParams(query));

test('what the address says is what the API is asked', () => {
  expect(from('statuses=FAILED,UNCONFIRMED&search=audit&createdSince=2026-11-20T09:00&n=1')).toMatchObject({
    statuses: ['FAILED', 'UNCONFIRMED'],
    search: 'audit',
    createdSince: new Date('2026-11-20T09:00').toISOString(),
  });
});

test('what no filter can be is left out of an address that somebody typed', () => {
  expect(from('statuses=NEVER&failureCode=x&createdSince=soon&search=%20')).toEqual({});
});

test.each([
  ['', true],
  ['statuses=FAILED&search=AUDIT', true],
  ['search=aud', false],
  ['search=!!!', false],
  ['statuses=DELIVERED', false],
  ['failureCode=NOT_IN_CHANNEL&priority=HIGH', true],
  ['requestedBy=ben', false],
  ['createdSince=2026-11-20T10:00:00Z', true],
  ['createdUntil=2026-11-20T10:00:00Z', false],
])('a failed notification is new to a list with the filter "%s": %s', (query, expected) => {
  expect(matches(row, from(query))).toBe(expected);
});
