/** Changes that wait in memory for one group; one that falls further behind reads the log instead. */
const MAX_WAITING = 1000;

/** Changes that the tail handed over and that were not taken yet: bounded, and never cut silently. */
export class Handover<Change> {
  #waiting: Change[] = [];
  #overflowed = false;
  #arrived: (() => void) | undefined;

  push(changes: readonly Change[]): void {
    if (this.#overflowed) return;
    this.#waiting.push(...changes);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting = [];
      this.#overflowed = true;
    }
    this.#arrived?.();
  }

  /** What arrived since the last call, or BEHIND where it was too much to keep; empty once `signal` ended the wait. */
  async take(limit: number, signal: AbortSignal): Promise<readonly Change[] | 'BEHIND'> {
    if (this.#waiting.length === 0 && !this.#overflowed && !signal.aborted) await this.#arrival(signal);
    if (this.#overflowed) return 'BEHIND';
    return this.#waiting.splice(0, limit);
  }

  restart(): void {
    this.#waiting = [];
    this.#overflowed = false;
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        signal.removeEventListener('abort', done);
        this.#arrived = undefined;
        resolve();
      };
      this.#arrived = done;
      signal.addEventListener('abort', done);
    });
  }
}
