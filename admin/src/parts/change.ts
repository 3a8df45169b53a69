import { useAttempt } from '../api/attempt.ts';
import { useIsShown } from './shown.ts';
import { showFailed } from './undo.tsx';

interface Change {
  /** `what` is what its button says. Does nothing while another is under way. */
  readonly go: (what: string, change: () => Promise<void>) => Promise<void>;
  readonly busy: boolean;
  /** Why the latest one was not done. */
  readonly error: unknown;
}

/** What a click changes. Whoever has left the place that shows `error` by then is told by a notice why it was not done. */
export function useChange(about = ''): Change {
  const isShown = useIsShown(about);
  return useAttempt(
    (what: string, change: () => Promise<void>) =>
      change().catch((problem: unknown) => {
        if (isShown()) throw problem;
        showFailed(what, problem);
      }),
    about,
  );
}
