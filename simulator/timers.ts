/** Work for later, until the end: what is under way then asks for more, which would go to whoever has the app's address next. */
export class Timers {
  readonly #waiting = new Set<NodeJS.Timeout>();
  #ended = false;

  later(ms: number, work: () => void): void {
    if (this.#ended) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      work();
    }, ms);
    this.#waiting.add(timer);
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#waiting) clearTimeout(timer);
  }
}
