import type { ClaimAlong, Entered, Entrance } from '../notifications/notification-queue.ts';
import type { CountMoves, DeliveryStatus } from '../notifications/notification.states.ts';
import type { Clock } from '../platform/clock.ts';
import type { TeamId } from '../platform/ids.ts';
import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { PassFailpoint } from '../platform/failpoints.ts';
import type { Logger } from '../platform/logger.ts';
import { inSpan, SpanKind, type SpanAttributes } from '../platform/tracing.ts';
import type { ClaimedRow } from './claimed-row.ts';
import { Claims } from './claims.ts';
import type { Claim, DeliveryRepository, Stored } from './delivery.repository.ts';
import type { Settled } from './settled-row.ts';
import type { QueueRepository } from './queue.repository.ts';
import type { Sender } from './sender.service.ts';
import { SettlementBatcher } from './settlement.batcher.ts';
import { Slots } from './slots.ts';
import { BACK_IN_LINE, settlementWithoutSlack, unlessItMayBeThere, type Settlement } from './settlement.policy.ts';
import { TeamPauses } from './team-pauses.ts';
import type { Confirmer } from './confirmer.service.ts';

const MOVE_EVERY_MS = 500;
/** As many rows may be claimed, sent and stored at once as there are slots, times this. */
const OPEN_PER_SLOT = 8;
/** A lease is renewed three times before it would end. */
const RENEWALS_PER_LEASE = 3;

export interface WorkerOptions {
  readonly concurrency: number;
  readonly leaseSeconds: number;
  readonly sendTimeoutMs: number;
}

/** Claims what is due, sends it, and writes what came of it; never more at Slack at once than there are slots. */
export class DeliveryWorker implements Stoppable, Entrance {
  readonly #open = new Map<string, ClaimedRow>();
  /** Of these, what Slack has answered and is being stored: it holds its lease, and no slot. */
  readonly #storing = new Set<string>();
  readonly #slots: Slots;
  readonly #pauses: TeamPauses;
  readonly #batcher: SettlementBatcher;
  readonly #claims: Claims;
  readonly #moves: Loop;
  readonly #renewals: Loop;
  #isStarted = false;
  #isDraining = false;
  #drained: (() => void) | undefined;

  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly queue: QueueRepository,
    private readonly sender: Sender,
    private readonly confirmer: Confirmer,
    private readonly options: WorkerOptions,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly passFailpoint: PassFailpoint,
    private readonly onSettled: (batch: readonly Settled[], stored: Stored) => void,
    private readonly countMoves: CountMoves,
  ) {
    const failed = (what: string) => (error: unknown) =>
      this.logger.error({ err: error }, `${what} failed; it is tried again`);
    this.#slots = new Slots(options.concurrency, clock);
    this.#pauses = new TeamPauses(clock);
    this.#batcher = new SettlementBatcher(
      (batch) => this.#write(batch),
      failed('storing what Slack answered'),
      () => this.#isBusy() || this.#open.size > this.#storing.size,
      () => this.#claims.isMoreReady,
    );
    this.#claims = new Claims({
      claim: (limits) => this.deliveries.claim(limits),
      claimBy: (sql, limits) => this.deliveries.claimBy(sql, limits),
      nextTurnMs: () => this.deliveries.nextTurnMs(),
      wanted: (isAlong) => this.#wanted(isAlong),
      open: () => this.#openByTeam(),
      begin: (claim, startedMs) => this.#begin(claim, startedMs),
      storeNow: () => this.#batcher.storeNow(),
      clock,
      onError: failed('claiming notifications'),
    });
    this.#moves = new Loop(() => this.#move(), MOVE_EVERY_MS, failed('moving due notifications'));
    const renewEveryMs = (options.leaseSeconds * 1000) / RENEWALS_PER_LEASE;
    this.#renewals = new Loop(() => this.#renew(), renewEveryMs, failed('renewing leases'));
  }

  start(): this {
    this.#isStarted = true;
    this.#claims.start();
    this.#moves.start(within(MOVE_EVERY_MS));
    this.#renewals.start();
    return this;
  }

  wake(): void {
    this.#claims.wake();
  }

  entering<T>(teams: readonly TeamId[], store: (claim?: ClaimAlong) => Promise<T>): Promise<Entered<T>> {
    return this.#claims.entering(teams, store);
  }

  /** For how many milliseconds the database has kept a claim waiting: what readiness looks at. */
  heartbeatAgeMs(): number {
    return this.#claims.heartbeatAgeMs();
  }

  /** No new claims; what is open finishes (it cannot take longer than a send may) and is stored. */
  async stop(): Promise<void> {
    this.#isDraining = true;
    await Promise.all([this.#claims.stop(), this.#moves.stop()]);
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    await this.#renewals.stop();
  }

  #begin({ rows, vanished }: Claim, startedMs: number): void {
    if (rows.length > 0) this.passFailpoint('after-claim');
    for (const row of rows) void this.#work(row, startedMs);
    if (vanished.length > 0) void this.#lookAgain(vanished);
  }

  async #work(row: ClaimedRow, startedMs: number): Promise<void> {
    const lease = leaseOf(row);
    this.#open.set(lease, row);
    try {
      const attributes = { 'heliograph.notification.id': row.id, 'heliograph.attempt': row.attempt };
      const options = { kind: SpanKind.CONSUMER, parent: row.trace_parent, attributes };
      await inSpan(`notification ${row.action}`, options, () => this.#settle(row, startedMs), spanOutcome);
    } catch (error) {
      // The attempt stays open: when the lease ends, the row is taken over as an unknown outcome, never as unsent.
      this.logger.error({ err: error, notificationId: row.id }, 'delivering a notification failed unexpectedly');
    } finally {
      this.#open.delete(lease);
      this.#storing.delete(lease);
      if (this.#open.size === 0) this.#drained?.();
    }
  }

  async #settle(row: ClaimedRow, startedMs: number): Promise<Settlement> {
    const sinceMs = this.clock.monotonicMs();
    let lineMs = 0;
    const inSlot = await this.#slots.inSlot(() => {
      if (row.action === 'SEND') lineMs = this.clock.monotonicMs() - sinceMs;
      return this.#whyNotNow(row, lineMs, startedMs) ?? this.#settlementOf(row, startedMs);
    });
    const settlement = unlessItMayBeThere(inSlot, row.may_be_there);
    if (!saysWait(settlement)) this.#freeSlotOf(row);
    await this.#batcher.settle({ ...settlement, row, durationMs: this.clock.monotonicMs() - startedMs, lineMs });
    return settlement;
  }

  #settlementOf(row: ClaimedRow, startedMs: number): Promise<Settlement> | Settlement {
    switch (row.action) {
      case 'SEND':
        return this.#send(row, startedMs);
      case 'CONFIRM':
        return this.confirmer.confirm(row, startedMs, () => this.#isDraining);
      default:
        return settlementWithoutSlack(row.action, row.failure_slack_error);
    }
  }

  async #send(row: ClaimedRow, startedMs: number): Promise<Settlement> {
    const deadlineMs = startedMs + this.options.sendTimeoutMs;
    const settlement = await this.sender.send(row, deadlineMs, startedMs + row.remaining_ms);
    const { laneHoldSeconds } = settlement;
    if (laneHoldSeconds !== undefined) this.#pauses.rateLimited(row.team_id, row.lane_id, laneHoldSeconds);
    return settlement;
  }

  /**
   * What has changed while it stood in line. Where Slack did not answer those before it for so long that it has little time
   * left, or its transaction waited for a lock, the next claim brings a deadline of its own; or says that it has expired.
   */
  #whyNotNow(row: ClaimedRow, lineMs: number, startedMs: number): Settlement | undefined {
    if (row.action !== 'SEND') return undefined;
    const { sendTimeoutMs } = this.options;
    const spentMs = this.clock.monotonicMs() - startedMs;
    const leftMs = sendTimeoutMs - spentMs;
    const isLate = lineMs > sendTimeoutMs / 2 || leftMs < sendTimeoutMs / 4;
    if (isLate || spentMs >= row.remaining_ms) return BACK_IN_LINE.tooLate;
    return this.#pauses.isPaused(row.team_id) ? BACK_IN_LINE.teamIsPaused : undefined;
  }

  /** The next one is claimed while this one is stored: Slack would stand idle meanwhile. */
  #freeSlotOf(row: ClaimedRow): void {
    this.#slots.left();
    this.#storing.add(leaseOf(row));
    this.#claims.slotIsFree();
  }

  async #write(batch: readonly Settled[]): Promise<void> {
    const stored = await this.#claims.along((claim) => this.deliveries.settle(batch, claim));
    this.passFailpoint('after-commit');
    for (const { row } of stored.lost) {
      this.logger.warn(
        { notificationId: row.id, attempt: row.attempt },
        'the lease was lost before the answer could be stored',
      );
    }
    for (const { row } of stored.contradicted) {
      this.logger.error(
        { notificationId: row.id, attempt: row.attempt },
        'a message arrived whose attempt had been settled otherwise',
      );
    }
    this.onSettled(batch, stored);
  }

  /** Milliseconds until the next look. */
  async #move(): Promise<number> {
    if (!(await this.queue.hasWork())) return MOVE_EVERY_MS;
    // A part at a time: what one disconnect has left, or what ends at one time, must not keep the messages of everybody else
    // from coming due.
    const canceled = this.#count(await this.queue.cancelLeftBehind());
    const ended = canceled + this.#count(await this.queue.expireOverdue());
    this.#count(await this.queue.giveUpUnasked());
    // What was revived is moved before more is: rows that are due already are not looked through again and again.
    do while (!this.#isDraining && (await this.queue.moveDue()) > 0) this.wake();
    while (!this.#isDraining && (await this.queue.revive()) > 0);
    await this.queue.restIdleTeams();
    return ended > 0 ? 0 : MOVE_EVERY_MS;
  }

  #count(ended: readonly DeliveryStatus[]): number {
    for (const status of ended) this.countMoves(status, 1);
    return ended.length;
  }

  async #renew(): Promise<void> {
    if (this.#open.size === 0) return;
    const lanes = [...this.#open.values()].map((row) => ({ laneId: row.lane_id, leaseNo: row.lease_no }));
    await this.deliveries.renew(lanes);
  }

  /** Beside the claims: a lane whose lock somebody holds must not keep the others waiting. */
  async #lookAgain(laneIds: readonly string[]): Promise<void> {
    await this.deliveries
      .refreshLanes(laneIds)
      .catch((err: unknown) => this.logger.warn({ err }, 'lanes could not be looked at again; the next claim does'));
  }

  #openByTeam(): Map<TeamId, number> {
    const open = new Map<TeamId, number>();
    for (const [lease, { team_id: team }] of this.#open)
      if (!this.#storing.has(lease)) open.set(team, (open.get(team) ?? 0) + 1);
    return open;
  }

  /** As much is open as there are slots: what a batch costs is the limit then, and not how soon it is stored. */
  #isBusy(): boolean {
    return this.#open.size >= this.options.concurrency;
  }

  /** What is stored takes no slot, but a database that lags behind slows sending down. */
  #wanted(isAlong: boolean): number {
    if (!this.#isStarted || this.#isDraining) return 0;
    const unanswered = this.#open.size - this.#storing.size;
    return Math.min(
      this.#slots.wanted(unanswered, isAlong),
      this.options.concurrency * OPEN_PER_SLOT - this.#open.size,
    );
  }
}

/** By lease, not by lane: a lane that was lost and claimed again is open twice, and each must be renewed for itself. */
const leaseOf = ({ lane_id: lane, lease_no: lease }: ClaimedRow): string => `${lane}:${lease}`;

/** Slack is away or slow, or asked for a pause: the less is sent before that is stored, the better. */
const saysWait = (settlement: Settlement): boolean =>
  settlement.outage === true ||
  settlement.laneHoldSeconds !== undefined ||
  Object.values(BACK_IN_LINE).includes(settlement);

const spanOutcome = ({ status, attempt, failure }: Settlement): SpanAttributes => ({
  ...(status && { 'heliograph.status': status }),
  ...(attempt && { 'heliograph.attempt.outcome': attempt.outcome }),
  ...(failure && { 'heliograph.failure.code': failure.code }),
});
