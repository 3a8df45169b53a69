import { useRef, useState } from 'react';

/**
 * Reads anew, never twice at once: a reading that was under way when something changed may be older than the change, so
 * another one follows it. What is shown in the end was read after the last call.
 */
export function useReadAgain(read: () => Promise<unknown>): () => void {
  const latest = useRef(read);
  latest.current = read;
  const [readAgain] = useState(() => {
    let isReading = false;
    let isStale = false;
    const run = async (): Promise<void> => {
      isReading = true;
      do {
        isStale = false;
        // What failed is said where the query's answer is shown.
        await latest.current().catch(() => undefined);
      } while (isStale);
      isReading = false;
    };
    return () => {
      if (isReading) isStale = true;
      else void run();
    };
  });
  return readAgain;
}
