import type { Observable, Subscription } from 'rxjs';
import { codeOf, isFinal } from './errors.ts';
import type { Line } from './line.ts';

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 15_000;
/** What is not refused for so long is followed: nothing else says so before the first event. */
const SETTLED_MS = 2_000;

interface Followed<TData> {
  /** Called at each try, so that it continues from where the one before had come. */
  readonly subscribe: () => Observable<{ readonly data?: TData | undefined; readonly error?: unknown }>;
  readonly onData: (data: TData) => void;
  /** The place to continue from is too old. Resolves once there is another. */
  readonly onGap: () => unknown;
  /** Refused for good: nothing more will come. */
  readonly onEnd: (error: unknown) => void;
}

/**
 * Keeps a subscription that the server refuses from ending in silence: says that the line is down and tries again, or,
 * where trying again is of no use, that it has ended.
 */
export function follow<TData>(line: Line, { subscribe, onData, onGap, onEnd }: Followed<TData>): () => void {
  let isStopped = false;
  let refusals = 0;
  let begun: Subscription | undefined;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let release = (): void => undefined;
  const settled = (): void => {
    clearTimeout(settling);
    refusals = 0;
    release();
  };
  const begin = (): void => {
    settling = setTimeout(settled, SETTLED_MS);
    begun = subscribe().subscribe({
      next: ({ data, error }) => {
        if (error) void refused(error);
        else if (data) {
          settled();
          onData(data);
        }
      },
    });
  };
  const refused = async (why: unknown): Promise<void> => {
    clearTimeout(settling);
    const code = codeOf(why);
    if (isFinal(code)) {
      release();
      return onEnd(why);
    }
    const isGap = code.startsWith('CURSOR_');
    refusals += 1;
    // A place that was lost is found again before anybody would have read that it was.
    if (!isGap || refusals > 1) {
      release();
      release = line.hold();
    }
    if (isGap) await Promise.resolve(onGap()).catch(() => undefined);
    await line.pause(Math.min(FIRST_WAIT_MS * 2 ** (refusals - 1), LONGEST_WAIT_MS));
    if (!isStopped) begin();
  };
  begin();
  return () => {
    isStopped = true;
    begun?.unsubscribe();
    settled();
  };
}
