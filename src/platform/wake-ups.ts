import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { KEEP_ALIVE } from './database.ts';
import { inTime } from './in-time.ts';
import type { Stoppable } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';

export type WakeUp = 'heliograph_delivery' | 'heliograph_status' | 'heliograph_events';

const RECONNECT_MS = 1000;
/** Without an answer for so long the connection is given up: what is at its other end may be gone without a word. */
const ANSWER_WITHIN_MS = 10_000;
const LEAVE_WITHIN_MS = 1000;

/**
 * Hints between processes by LISTEN and NOTIFY, on one connection of their own. A hint may be lost: whoever listens
 * polls as well. Sent after a commit and at most one at a time: NOTIFY inside the transactions that it tells of would
 * make their commits queue behind one another.
 */
export class WakeUps implements Stoppable {
  readonly #listeners = new Map<WakeUp, (() => void)[]>();
  readonly #wanted = new Set<WakeUp>();
  /** Not the process id: in containers it is 1 for everybody, and each would take the others' hints for its own. */
  readonly #sender = randomUUID();
  #client: pg.Client | undefined;
  #sending = false;
  #stopped = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly url: Secret,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<this> {
    await this.#connect();
    return this;
  }

  on(wakeUp: WakeUp, listener: () => void): void {
    this.#listeners.set(wakeUp, [...(this.#listeners.get(wakeUp) ?? []), listener]);
  }

  /** Wakes this process at once and the others soon. */
  send(wakeUp: WakeUp): void {
    this.#hear(wakeUp);
    this.#wanted.add(wakeUp);
    if (!this.#sending) void this.#sendWanted();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#retry);
    // It would wait for an answer to what it has asked; one that gets none ends with the process.
    if (this.#client) await inTime(this.#client.end(), LEAVE_WITHIN_MS);
  }

  async #sendWanted(): Promise<void> {
    this.#sending = true;
    while (this.#wanted.size > 0 && this.#client) {
      const channels = [...this.#wanted];
      this.#wanted.clear();
      await this.#client
        .query('select pg_notify(channel, $2) from unnest($1::text[]) as given(channel)', [channels, this.#sender])
        .catch((error: unknown) => this.logger.debug({ err: error }, 'a wake-up could not be sent; polling goes on'));
    }
    this.#wanted.clear();
    this.#sending = false;
  }

  #hear(wakeUp: WakeUp): void {
    for (const listener of this.#listeners.get(wakeUp) ?? []) listener();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url.reveal(),
      application_name: 'heliograph-wake-ups',
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      // Only with it a statement that gets no answer ends the connection.
      pipeline: true,
      ...KEEP_ALIVE,
    });
    const lost = (error?: Error) => {
      if (this.#client !== client) return;
      this.#client = undefined;
      if (this.#stopped) return;
      this.logger.warn({ err: error }, 'the wake-up connection was lost; polling goes on until it is back');
      this.#reconnectLater();
    };
    client.on('error', lost);
    client.on('end', () => lost());
    client.on('notification', ({ channel, payload }) => {
      // Our own hint was heard when it was sent.
      if (payload !== this.#sender) this.#hear(channel as WakeUp);
    });
    await client.connect();
    try {
      for (const channel of this.#listeners.keys()) await client.query(`listen ${channel}`);
    } catch (error) {
      client.end().catch(() => undefined);
      throw error;
    }
    if (this.#stopped) return client.end();
    // Not before it listens: lost until then, it is tried again by whoever connects, and by nobody else.
    this.#client = client;
  }

  #reconnectLater(): void {
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#connect().then(
        // What happened meanwhile was not heard.
        () => [...this.#listeners.keys()].forEach((wakeUp) => this.#hear(wakeUp)),
        () => this.#reconnectLater(),
      );
    }, RECONNECT_MS);
  }
}
