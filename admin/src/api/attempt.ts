import { useState } from 'react';

interface State {
  readonly about: string;
  readonly busy: boolean;
  readonly error?: unknown;
}

interface Attempt<Args extends readonly unknown[]> {
  /** Does nothing while it is under way: two clicks are one. */
  readonly go: (...args: Args) => Promise<void>;
  readonly busy: boolean;
  /** Why the latest one failed. */
  readonly error: unknown;
}

/** What a click begins and what fails by a rejection. What came of it for something else than `about` is not said. */
export function useAttempt<Args extends readonly unknown[]>(
  run: (...args: Args) => Promise<unknown>,
  about = '',
): Attempt<Args> {
  const [latest, setLatest] = useState<State>({ about, busy: false });
  const { busy, error } = latest.about === about ? latest : { busy: false, error: undefined };
  const go = async (...args: Args): Promise<void> => {
    if (busy) return;
    setLatest({ about, busy: true });
    const outcome = await run(...args).then(
      () => ({}),
      (problem: unknown) => ({ error: problem }),
    );
    setLatest((before) => (before.about === about ? { about, busy: false, ...outcome } : before));
  };
  return { go, busy, error };
}
