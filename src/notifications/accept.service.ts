import type { Database, Sql } from '../platform/database.ts';
import { Batcher } from '../platform/batcher.ts';
import type { NotificationId, TeamId } from '../platform/ids.ts';
import { currentTraceParent, inSpan, SpanKind } from '../platform/tracing.ts';
import type { Notification } from './notification.entity.ts';
import type { CountMoves } from './notification.states.ts';
import type { ClaimAlong, Entrance, NewNotification, NotificationQueue } from './notification-queue.ts';
import type { IdempotencyBinding, NotificationRepository } from './notification.repository.ts';
import { wordsOfEach, type TextWords, type WordsRepository } from './words.repository.ts';

/** A well-formed send by an identity that may send: what is left is to commit it. */
export interface Acceptance {
  readonly notification: NewNotification;
  /** Its idempotency key with the hash of the input, where it has one. */
  readonly binding: IdempotencyBinding | undefined;
}

export type Accepted =
  | { readonly kind: 'stored'; readonly notification: Notification }
  /** The key is bound to this one already, with the same input or another. */
  | { readonly kind: 'bound'; readonly notification: Notification; readonly inputHash: Buffer };

export interface Committed {
  readonly accepted: Accepted[];
  readonly recorded: ReadonlyMap<NotificationId, Notification>;
}

const byId = (stored: readonly Notification[]): Map<NotificationId, Notification> =>
  new Map(stored.map((notification) => [notification.id, notification]));

const LIMITS = { maxBatch: 200, maxInFlight: 2, maxWaiting: 5000 };

const inAcceptSpan = <T>(count: number, work: () => Promise<T>): Promise<T> =>
  inSpan('notification accept', { kind: SpanKind.PRODUCER, attributes: { 'heliograph.notifications': count } }, work);

/** Delivery, in whichever process, joins the trace of the accept. */
const traced = (acceptance: Acceptance): Acceptance => {
  const traceParent = currentTraceParent();
  return traceParent === undefined
    ? acceptance
    : { ...acceptance, notification: { ...acceptance.notification, traceParent } };
};

/** Of those that enter a lane now: what is scheduled enters when it is due. */
const teamsOf = (batch: readonly Acceptance[]): TeamId[] =>
  batch.flatMap(({ notification: { teamId, scheduledFor } }) => (teamId && !scheduledFor ? [teamId] : []));

const among = (words: readonly TextWords[], notifications: readonly NewNotification[]): TextWords[] => {
  const ids = new Set(notifications.map(({ id }) => id));
  return words.filter(({ id }) => ids.has(id));
};

const keyName = ({ workspaceId, requestedBy, key }: IdempotencyBinding): string =>
  JSON.stringify([workspaceId, requestedBy, key]);

/** Commits accepted notifications: key, lane, row, words and status log in one short transaction that concurrent sends share. */
export class AcceptService {
  readonly #batcher: Batcher<Acceptance, Accepted>;

  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationRepository,
    private readonly queue: NotificationQueue,
    private readonly entrance: Entrance,
    private readonly words: WordsRepository,
    private readonly countMoves: CountMoves,
  ) {
    this.#batcher = new Batcher(async (batch) => (await this.#commit(batch, [])).accepted, LIMITS);
  }

  accept(acceptance: Acceptance): Promise<Accepted> {
    return inAcceptSpan(1, () => this.#batcher.add(traced(acceptance)));
  }

  /** All in one commit, in the order given. */
  async acceptAll(batch: readonly Acceptance[]): Promise<Accepted[]> {
    return (await this.commit(batch, [])).accepted;
  }

  /** Accepts, and records as FAILED what was refused, in one commit; each in the order given. */
  commit(batch: readonly Acceptance[], refused: readonly NewNotification[]): Promise<Committed> {
    return inAcceptSpan(batch.length, () => this.#commit(batch.map(traced), refused));
  }

  async #commit(batch: readonly Acceptance[], refused: readonly NewNotification[]): Promise<Committed> {
    if (batch.length + refused.length === 0) return { accepted: [], recorded: new Map() };
    const words = await wordsOfEach([...batch.map(({ notification }) => notification), ...refused]);
    const store = (claim?: ClaimAlong): Promise<Committed> =>
      this.database.sqlTransaction(async (sql) => {
        const recorded = refused.length > 0 ? await this.#record(sql, refused, words) : [];
        return { accepted: await this.#store(sql, batch, words, claim), recorded: byId(recorded) };
      }, 'kept');
    const { stored: committed, isBegun } = await this.entrance.entering(teamsOf(batch), store);
    if (isBegun) this.queue.wakeFollowers();
    else this.queue.wake();
    this.countMoves('QUEUED', committed.accepted.filter(({ kind }) => kind === 'stored').length);
    this.countMoves('FAILED', committed.recorded.size);
    return committed;
  }

  async #store(
    sql: Sql,
    batch: readonly Acceptance[],
    words: readonly TextWords[],
    claim: ClaimAlong | undefined,
  ): Promise<Accepted[]> {
    const bound = await this.#bind(sql, batch);
    const boundTo = ({ binding }: Acceptance) => binding && bound.get(keyName(binding));
    const isNew = (acceptance: Acceptance): boolean => {
      const winner = boundTo(acceptance);
      return winner === undefined || winner.notificationId === acceptance.notification.id;
    };
    const fresh = batch.filter(isNew).map(({ notification }) => notification);
    const stored = fresh.length > 0 ? await this.#enter(sql, fresh, words, claim) : [];
    const known = byId(stored);
    const elder = batch
      .filter((acceptance) => !isNew(acceptance))
      .flatMap((acceptance) => boundTo(acceptance)?.notificationId ?? []);
    const missing = elder.filter((id) => !known.has(id));
    if (missing.length > 0)
      for (const [id, found] of await this.notifications.findAll(missing, sql)) known.set(id, found);
    return batch.map((acceptance) => resultOf(acceptance, boundTo(acceptance), known));
  }

  async #enter(
    sql: Sql,
    fresh: readonly NewNotification[],
    words: readonly TextWords[],
    claim: ClaimAlong | undefined,
  ): Promise<Notification[]> {
    const storing = this.words.store(sql, among(words, fresh));
    const [stored] = await Promise.all([this.queue.enter(sql, fresh), storing, claim?.(sql)]);
    return stored;
  }

  async #record(sql: Sql, refused: readonly NewNotification[], words: readonly TextWords[]): Promise<Notification[]> {
    const storing = this.words.store(sql, among(words, refused));
    const [recorded] = await Promise.all([this.queue.record(sql, refused), storing]);
    return recorded;
  }

  /** Of equal keys in one batch the first is bound; the others find it. */
  async #bind(sql: Sql, batch: readonly Acceptance[]): Promise<Map<string, IdempotencyBinding>> {
    const first = new Map<string, IdempotencyBinding>();
    for (const { binding } of batch) {
      if (binding && !first.has(keyName(binding))) first.set(keyName(binding), binding);
    }
    if (first.size === 0) return first;
    const bound = await this.notifications.bindKeys(sql, [...first.values()]);
    return new Map(bound.map((binding) => [keyName(binding), binding]));
  }
}

const resultOf = (
  { notification }: Acceptance,
  winner: IdempotencyBinding | undefined,
  known: ReadonlyMap<NotificationId, Notification>,
): Accepted => {
  const found = known.get(winner?.notificationId ?? notification.id);
  if (!found) throw new Error(`Notification ${winner?.notificationId ?? notification.id} was stored and is not there.`);
  if (winner === undefined || winner.notificationId === notification.id) return { kind: 'stored', notification: found };
  return { kind: 'bound', notification: found, inputHash: winner.inputHash };
};
