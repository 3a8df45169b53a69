/** Changes that wait in memory for one group; one that falls further behind reads the log instead. */
const MAX_WAITING = 1000;

/** Changes that the tail handed over and that were not taken yet: bounded, and never cut silently. */
export class Handover<Change> {
  #waiting: Change[] = [];
  #overflowed = false;
  #hasMoved = false;
  #arrived: (() => void) | undefined;

  /** Without changes: only the place of the tail has moved. */
  push(changes: readonly Change[]): void {
    this.#hasMoved ||= changes.length === 0;
    if (this.#overflowed) return;
    this.#waiting.push(...changes);
    if (this.#waiting.length > MAX_WAITING) {
      this.#waiting = [];
      this.#overflowed = true;
    }
    this.#arrived?.();
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0 && !this.#overflowed;
  }

  /** What arrived since the last call, or BEHIND where it was too much to keep; empty once `signal` ended the wait. */
  async take(limit: number, signal: AbortSignal): Promise<readonly Change[] | 'BEHIND'> {
    if (this.isEmpty && !this.#hasMoved && !signal.aborted) await this.#arrival(signal);
    if (this.#overflowed) return 'BEHIND';
    if (this.#waiting.length === 0) this.#hasMoved = false;
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
