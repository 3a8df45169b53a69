import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeLedger, type AcceptedNotification, type PostedMessage } from './ledger-check.ts';

const CLEAN = { lost: [], doubled: [], unexpected: [], inversions: [] };

const row = (place: number, but: Partial<AcceptedNotification> = {}): AcceptedNotification => ({
  id: `n${place}`,
  channel: `c${place % 3}`,
  priority: 1,
  place,
  status: 'DELIVERED',
  ...but,
});

const accepted = Array.from({ length: 30 }, (_, place) => row(place));
const posted = (rows: readonly AcceptedNotification[]): PostedMessage[] =>
  rows.map(({ id, channel }) => ({ id, channel }));
const replaced = (place: number, but: Partial<AcceptedNotification>): AcceptedNotification[] =>
  accepted.map((each) => (each.place === place ? row(place, but) : each));

test('a ledger in which everything is once and in order is clean', () => {
  expect(judgeLedger(accepted, posted(accepted))).toEqual(CLEAN);
});

test('a message that is missing is lost', () => {
  expect(judgeLedger(accepted, posted(accepted).toSpliced(7, 1))).toEqual({ ...CLEAN, lost: ['n7'] });
});

test.each(['QUEUED', 'SENDING', 'RETRYING'])('a notification that stays %s is lost', (status) => {
  const rows = replaced(7, { status });
  expect(judgeLedger(rows, posted(accepted).toSpliced(7, 1))).toEqual({ ...CLEAN, lost: ['n7'] });
});

test('a message that is there twice is doubled, however far apart', () => {
  const posts = posted(accepted);
  expect(judgeLedger(accepted, [...posts, { id: 'n4', channel: 'c1' }])).toEqual({ ...CLEAN, doubled: ['n4'] });
});

test('a message that overtook an earlier one of its channel and priority is an inversion', () => {
  const posts = posted(accepted);
  const swapped = [...posts.slice(0, 3), ...posts.slice(6, 7), ...posts.slice(3, 6), ...posts.slice(7)];
  expect(judgeLedger(accepted, swapped)).toEqual({ ...CLEAN, inversions: ['n3'] });
});

test('a message that nobody accepted is unexpected, and so is one without a marker', () => {
  const posts = [...posted(accepted), { id: 'stranger', channel: 'c0' }, { id: undefined, channel: 'c0' }];
  expect(judgeLedger(accepted, posts).unexpected).toEqual(['stranger', 'a message without a marker']);
});

test.each(['FAILED', 'CANCELED'])('a message of a notification that is %s is unexpected', (status) => {
  const rows = replaced(5, { status });
  expect(judgeLedger(rows, posted(accepted))).toEqual({ ...CLEAN, unexpected: ['n5'] });
});

test('a message in another channel than its own is unexpected', () => {
  const posts = posted(accepted).map((post) => (post.id === 'n5' ? { ...post, channel: 'c9' } : post));
  expect(judgeLedger(accepted, posts).unexpected).toEqual(['n5']);
});

test('an UNCONFIRMED one may be in Slack or not', () => {
  const rows = replaced(5, { status: 'UNCONFIRMED' });
  expect(judgeLedger(rows, posted(accepted))).toEqual(CLEAN);
  expect(judgeLedger(rows, posted(accepted).toSpliced(5, 1))).toEqual(CLEAN);
});

test('another channel, another priority, and one that had to wait aside are no inversion', () => {
  const rows = [
    row(1, { channel: 'c' }),
    row(2, { channel: 'c', priority: 3 }),
    row(3, { channel: 'd' }),
    row(0, { channel: 'c', mayBePassed: true }),
  ];
  expect(
    judgeLedger(
      rows,
      posted([2, 3, 1, 0].map((place) => rows.find((each) => each.place === place) as AcceptedNotification)),
    ),
  ).toEqual(CLEAN);
});

test('of any ledger, every planted loss and duplicate is found, and nothing else', () => {
  const plan = fc.array(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(plan, (copies) => {
      const rows = copies.map((_, place) => row(place));
      const posts = copies.flatMap((count, place) =>
        Array.from({ length: count }, () => posted([row(place)])[0] as PostedMessage),
      );
      const idsOf = (count: number) => copies.flatMap((each, place) => (each === count ? [`n${place}`] : []));
      expect(judgeLedger(rows, posts)).toEqual({ ...CLEAN, lost: idsOf(0), doubled: idsOf(2) });
    }),
  );
});
