import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { WorldChange } from './model.ts';
import type { GrantSnapshot } from './tokens.ts';

const JOURNAL_DELAY_MS = 100;

/** As much of it as a start reads; the rest is as it was written. */
const snapshotSchema = z.looseObject({
  tokenOffsetMs: z.number(),
  grants: z.array(z.looseObject({ key: z.string(), scopes: z.array(z.string()) })),
  tokens: z.array(z.looseObject({ value: z.string(), grantKey: z.string() })),
});

interface Snapshot extends GrantSnapshot {
  version: 1;
  /** Of the simulator that keeps it. */
  simulatorId: string;
  tokenOffsetMs: number;
}

/**
 * Two files: grants and tokens are rewritten whole and at once (a token that was handed out must survive a crash);
 * changes of the world are appended to a journal off the hot path, since posts come by the thousand.
 */
export class StateFile {
  readonly #path: string | null;
  readonly #simulatorId: string;
  #pending: string[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(path: string | null, simulatorId: string) {
    this.#path = path;
    this.#simulatorId = simulatorId;
    if (path !== null) mkdirSync(dirname(path), { recursive: true });
  }

  load(): { grants: GrantSnapshot | null; tokenOffsetMs: number; changes: WorldChange[] } {
    if (this.#path === null || !existsSync(this.#path))
      return { grants: null, tokenOffsetMs: 0, changes: this.#readJournal() };
    const snapshot = readSnapshot(this.#path);
    return { grants: snapshot, tokenOffsetMs: snapshot.tokenOffsetMs, changes: this.#readJournal() };
  }

  saveGrants(grants: GrantSnapshot, tokenOffsetMs: number): void {
    if (this.#path === null) return;
    // First what the grants rest on: a bot that is installed is in its channels.
    this.#flush();
    const snapshot: Snapshot = { version: 1, simulatorId: this.#simulatorId, tokenOffsetMs, ...grants };
    const temporary = `${this.#path}.tmp`;
    writeFileSync(temporary, JSON.stringify(snapshot, null, 1), { mode: 0o600, flush: true });
    renameSync(temporary, this.#path);
  }

  append(change: WorldChange): void {
    if (this.#path === null) return;
    this.#pending.push(JSON.stringify(change));
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flushOrWarn();
    }, JOURNAL_DELAY_MS);
  }

  /** Forgets the journal: the world is back at its seed. */
  clearJournal(): void {
    this.#pending = [];
    if (this.#path !== null) rmSync(this.#journal, { force: true });
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#flush();
  }

  get #journal(): string {
    return `${this.#path ?? ''}.journal`;
  }

  #flush(): void {
    if (this.#path === null || this.#pending.length === 0) return;
    appendFileSync(this.#journal, `${this.#pending.join('\n')}\n`, { mode: 0o600 });
    this.#pending = [];
  }

  /** A full disk must not end the process that the simulator runs in; the lines wait for the next flush. */
  #flushOrWarn(): void {
    try {
      this.#flush();
    } catch (error) {
      process.emitWarning(`The simulated Slack cannot write ${this.#journal}: ${String(error)}`);
    }
  }

  #readJournal(): WorldChange[] {
    if (this.#path === null || !existsSync(this.#journal)) return [];
    const text = readFileSync(this.#journal, 'utf8');
    if (text !== '' && !text.endsWith('\n')) appendFileSync(this.#journal, '\n');
    return text.split('\n').flatMap((line) => {
      const change = parseLine(line);
      return change === null ? [] : [change];
    });
  }
}

function readSnapshot(path: string): Snapshot {
  const text = readFileSync(path, 'utf8');
  try {
    return snapshotSchema.parse(JSON.parse(text)) as unknown as Snapshot;
  } catch {
    // Without the cause: a parser quotes what it reads, and there are tokens in it.
    throw new Error(`${path} is broken: delete it, start again, and connect again what was connected.`);
  }
}

/** A crash can cut a line; what is before and after it still counts. */
function parseLine(line: string): WorldChange | null {
  if (line === '') return null;
  try {
    return JSON.parse(line) as WorldChange;
  } catch {
    return null;
  }
}
