import { test } from 'vitest';
import { lookThroughLargeHistory } from './history-plans.ts';

test('every filter of a history of 100,000 reads what its page holds, at any depth', { timeout: 120_000 }, () =>
  lookThroughLargeHistory('a history of 100,000', 100_000),
);
