/** Whatever starts returns its stop. Stopping twice is harmless. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** Collects stops while starting, runs them in reverse, each once; one that fails does not keep the others from running. */
export class Stops implements Stoppable {
  readonly #stops: { name: string; stop: () => Promise<void> | void }[] = [];
  #stopping: Promise<void> | undefined;

  constructor(private readonly onError: (name: string, error: unknown) => void) {}

  add(name: string, stop: () => Promise<void> | void): void {
    this.#stops.push({ name, stop });
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#run();
    return this.#stopping;
  }

  async #run(): Promise<void> {
    for (const { name, stop } of this.#stops.reverse()) {
      try {
        await stop();
      } catch (error) {
        this.onError(name, error);
      }
    }
  }
}

/** Runs `work` again and again until stopped, pausing after each end for `pauseMs` or for as long as `work` says. */
export class Loop implements Stoppable {
  #stopped = false;
  #woken = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: () => Promise<number | void>,
    private readonly pauseMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): this {
    this.#running = this.#run();
    return this;
  }

  /** Ends the pause; a wake during `work` makes it run once more. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#woken = false;
      const pauseMs = await this.work().catch((error: unknown) => this.onError(error));
      if (!this.#stopped && !this.#woken) await this.#pause(pauseMs ?? this.pauseMs);
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
