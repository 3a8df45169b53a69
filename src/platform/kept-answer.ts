/**
 * Reads at most once per `keepMs`, and only once at a time, however many ask: for what is scraped by several and costs the
 * database something.
 */
export const keptAnswer = <T>(
  read: () => Promise<T>,
  keepMs: number,
  monotonicMs: () => number,
): (() => Promise<T>) => {
  let answer: Promise<T> | undefined;
  let isOpen = false;
  let readAtMs = 0;
  return () => {
    if (answer && (isOpen || monotonicMs() - readAtMs < keepMs)) return answer;
    isOpen = true;
    answer = read().finally(() => {
      isOpen = false;
      readAtMs = monotonicMs();
    });
    // An error is for those who asked meanwhile; the next one asks anew.
    answer.catch(() => (answer = undefined));
    return answer;
  };
};
