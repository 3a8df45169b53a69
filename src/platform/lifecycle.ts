/** Whatever starts returns its stop. Stopping twice is harmless. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** Collects stops while starting, runs them in reverse, each once; one that fails does not keep the others from running. */
export class Stops implements Stoppable {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #jobs: (() => Promise<void>)[] = [];
  #stopping: Promise<void> | undefined;

  constructor(private readonly onError: (name: string, error: unknown) => void) {}

  add(name: string, stop: () => Promise<void> | void): void {
    this.#stops.push(() => this.#end(name, stop));
  }

  /**
   * What begins work by itself: told to stop before anything else, so that it begins nothing while others stop, and waited
   * for at its turn.
   */
  addJob(name: string, job: Stoppable): void {
    let ending: Promise<void> | undefined;
    const end = (): Promise<void> => (ending ??= this.#end(name, () => job.stop()));
    this.#jobs.push(end);
    this.#stops.push(end);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#run();
    return this.#stopping;
  }

  async #run(): Promise<void> {
    for (const tell of this.#jobs) void tell();
    for (const stop of this.#stops.reverse()) await stop();
  }

  async #end(name: string, stop: () => Promise<void> | void): Promise<void> {
    try {
      await stop();
    } catch (error) {
      this.onError(name, error);
    }
  }
}

/**
 * When a loop begins that nobody waits for. All that begin at once would each take a connection of its own, in step for as
 * long as the process lives, and so would the processes of a fleet that are started together.
 */
export const within = (ms: number): number => Math.random() * ms;

/**
 * Runs `work` again and again until stopped, pausing after each end for `pauseMs` or for as long as `work` says. Work that
 * takes long in parts looks at the signal between them.
 */
export class Loop implements Stoppable {
  readonly #stopping = new AbortController();
  #woken = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: (stopping: AbortSignal) => Promise<number | void>,
    private readonly pauseMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(afterMs = 0): this {
    this.#running = this.#run(afterMs);
    return this;
  }

  /** Ends the pause; a wake during `work` makes it run once more. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake?.();
    await this.#running;
  }

  async #run(afterMs: number): Promise<void> {
    const { signal } = this.#stopping;
    if (afterMs > 0 && !this.#woken) await this.#pause(afterMs);
    while (!signal.aborted) {
      this.#woken = false;
      const pauseMs = await this.work(signal).catch((error: unknown) => this.onError(error));
      if (!signal.aborted && !this.#woken) await this.#pause(pauseMs ?? this.pauseMs);
    }
  }

  async #pause(pauseMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
