import { test } from 'vitest';
import { lookThroughLargeHistory } from '../load/history-plans.ts';

test('every filter of a history of 1,000,000 reads what its page holds, at any depth', { timeout: 600_000 }, () =>
  lookThroughLargeHistory('a history of 1,000,000', 1_000_000),
);
