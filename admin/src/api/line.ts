import { useSyncExternalStore } from 'react';

export type LineState = 'idle' | 'connecting' | 'open' | 'down';

/** Whether the socket is up, for whoever shows it; and how to try again without waiting. */
export class Line {
  #state: LineState = 'idle';
  #listeners = new Set<() => void>();
  #hurry = new Set<() => void>();
  #holds = new Set<symbol>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly read = (): LineState => (this.#holds.size > 0 ? 'down' : this.#state);

  set(state: LineState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell();
  }

  /** Down, whatever the socket says, until the answer is called: something that is shown is not followed. */
  hold(): () => void {
    const hold = Symbol('hold');
    this.#holds.add(hold);
    this.#tell();
    return () => {
      if (this.#holds.delete(hold)) this.#tell();
    };
  }

  readonly retryNow = (): void => {
    for (const go of this.#hurry) go();
  };

  /** Resolves after the time, or sooner when somebody is in a hurry or the network is back. */
  async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        this.#hurry.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      window.addEventListener('online', done);
      this.#hurry.add(done);
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const useLine = (line: Line): LineState => useSyncExternalStore(line.subscribe, line.read);
