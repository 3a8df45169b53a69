/** A browser's timer of more than 24.8 days goes off at once. */
const LONGEST_TIMER_MS = 2_000_000_000;

/** Runs it at that time (ms), however far away that is; the answer calls it off. */
export function runAt(moment: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  const arm = (): void => {
    const left = moment - Date.now();
    timer = left > LONGEST_TIMER_MS ? setTimeout(arm, LONGEST_TIMER_MS) : setTimeout(run, left);
  };
  arm();
  return () => clearTimeout(timer);
}
