import type { ApolloClient } from '@apollo/client';
import { codeOf, isFinal } from './errors.ts';
import type { Line } from './line.ts';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

async function readFailed(client: ApolloClient): Promise<void> {
  const failed = [...client.getObservableQueries()].filter((shown) => {
    const { error } = shown.getCurrentResult();
    return error !== undefined && !isFinal(codeOf(error));
  });
  await Promise.allSettled(failed.map((shown) => shown.refetch()));
}

/**
 * Reads what is shown and has failed again, later and later, until it is answered or shown no more: a server that is busy for
 * a while may keep its sockets, so that nothing else says when it can be asked. The answer is called at each failure.
 */
export function repeatFailed(client: () => ApolloClient, line: Line): () => void {
  let isRepeating = false;
  let hasFailed = false;
  const repeat = async (): Promise<void> => {
    isRepeating = true;
    let wait = FIRST_WAIT_MS;
    do {
      hasFailed = false;
      // Jitter: what failed on many pages in one moment must not come again in one.
      await line.pause(wait * (0.75 + Math.random() / 2));
      await readFailed(client());
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    } while (hasFailed);
    isRepeating = false;
  };
  return () => {
    hasFailed = true;
    if (!isRepeating) void repeat();
  };
}
