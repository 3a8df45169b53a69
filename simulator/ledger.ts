import type { MessageMetadata } from './model.ts';

/** One accepted post. What is in here happened; what is not, did not. */
export interface LedgerEntry {
  readonly seq: number;
  /** When the request arrived, and when the message was applied (Unix ms). */
  readonly at: number;
  readonly applied_at: number;
  readonly team: string;
  readonly channel: string;
  readonly ts: string;
  readonly user: string;
  readonly bot: string | null;
  readonly token_kind: 'bot' | 'user';
  readonly text: string;
  readonly thread_ts: string | null;
  readonly metadata: MessageMetadata | null;
}

export interface RequestEntry {
  readonly seq: number;
  readonly at: number;
  readonly method: string;
  readonly team: string | null;
  readonly channel: string | null;
  readonly token_kind: 'bot' | 'user' | null;
  /** null: no answer was sent (connection reset, hanging). */
  readonly status: number | null;
  readonly error: string | null;
  readonly retryAfter: string | null;
  /** The kind of fault that was played, if any. */
  readonly fault: string | null;
}

export class Ledger {
  #entries: LedgerEntry[] = [];
  #seq = 0;

  append(entry: Omit<LedgerEntry, 'seq'>): void {
    this.#seq += 1;
    this.#entries.push({ seq: this.#seq, ...entry });
  }

  since(seq: number, limit: number): { entries: LedgerEntry[]; last: number } {
    const first = this.#entries[0]?.seq ?? 1;
    const start = Math.max(0, seq - first + 1);
    return { entries: this.#entries.slice(start, start + limit), last: this.#seq };
  }

  latest(): LedgerEntry | null {
    return this.#entries.at(-1) ?? null;
  }

  get count(): number {
    return this.#entries.length;
  }

  /** Numbers go on after a reset: a reader's `since` stays meaningful. */
  reset(): void {
    this.#entries = [];
  }
}

/** A ring: the newest requests, whatever the load. */
export class RequestLog {
  readonly #capacity: number;
  #ring: RequestEntry[] = [];
  #seq = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  append(entry: Omit<RequestEntry, 'seq'>): void {
    this.#seq += 1;
    this.#ring[(this.#seq - 1) % this.#capacity] = { seq: this.#seq, ...entry };
  }

  since(seq: number, limit: number): { entries: RequestEntry[]; last: number } {
    const oldest = Math.max(1, this.#seq - this.#capacity + 1);
    const entries: RequestEntry[] = [];
    for (let next = Math.max(seq + 1, oldest); next <= this.#seq && entries.length < limit; next += 1) {
      const entry = this.#ring[(next - 1) % this.#capacity];
      if (entry !== undefined && entry.seq === next) entries.push(entry);
    }
    return { entries, last: this.#seq };
  }

  reset(): void {
    this.#ring = [];
  }
}
