import { expect, test } from 'vitest';
import { systemClock } from '../platform/clock.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import { QueueLimit } from './queue-limit.service.ts';

const WORKSPACE = 'acme' as WorkspaceId;
/** So small that each count is trusted for a single place. */
const MAX = 10;

/** A limit over a database that answers with these counts, one after the other, and is away where there is none. */
const limitOver = (...counts: (number | undefined)[]) => {
  const rest = [...counts];
  const countQueued = async (): Promise<number> => {
    const count = rest.shift();
    if (count === undefined) throw new Error('The database is away.');
    return count;
  };
  return new QueueLimit({ countQueued }, MAX, systemClock);
};

test('places that were taken before a count failed are given back, and nobody waits for them', async () => {
  const limit = limitOver(0, undefined, 0);
  await expect(limit.take(WORKSPACE, 2)).rejects.toThrow('The database is away.');
  expect(await limit.take(WORKSPACE, 1)).toMatchObject({ granted: 1 });
});

test('what has its places is not counted again', async () => {
  const limit = limitOver(0);
  expect(await limit.take(WORKSPACE, 1)).toMatchObject({ granted: 1 });
});

test('of more than there is room for as many are taken as fit, and the others are told', async () => {
  // What was taken is on its way and not in the database yet.
  const limit = limitOver(8, 8, 8);
  const { granted, refusal } = await limit.take(WORKSPACE, 5);
  expect(granted).toBe(2);
  expect(refusal).toMatchObject({ code: 'QUEUE_FULL' });
});
