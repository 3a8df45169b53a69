import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { SendNotificationDocument, type SendNotificationInput } from '../generated/graphql.ts';
import { Caller, UnexpectedErrors } from './caller.ts';
import type { TestDatabase } from './database.ts';
import { openDesk, UNPACED, type Desk } from './desk.ts';
import { Fleet, type MemberRole } from './fleet.ts';
import { judgeLedger, type AcceptedNotification, type LedgerVerdict } from './ledger-check.ts';
import { brokenInvariants, deadlocks } from './queue-invariants.ts';
import type { Chance } from './seeded.ts';
import { World } from './world.ts';

export interface TortureOptions {
  readonly chance: Chance;
  readonly roles: readonly MemberRole[];
  readonly channels: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
  readonly database?: TestDatabase;
  /** Fewer scopes than are asked for, comma-separated. */
  readonly scopes?: string;
}

const TEAM = 'T0TORTURE';
const WORKSPACE = 'torture';
const HURRIED = {
  ...UNPACED,
  SLACK_TIMEOUT_MS: '2000',
  CONFIRM_SETTLE_SECONDS: '3',
  CONFIRM_MAX_HOLD_SECONDS: '60',
  LEASE_SECONDS: '4',
  SLACK_HISTORY_PER_MINUTE: '6000',
};
const ANSWER_WITHIN_MS = 8000;
const CLEAN: LedgerVerdict = { lost: [], doubled: [], unexpected: [], inversions: [] };

const within = <T>(ms: number, work: Promise<T>): Promise<T> => {
  const late = new AbortController();
  const timer = pause(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`No answer within ${ms} ms.`);
  });
  timer.catch(() => undefined);
  return Promise.race([work, timer]).finally(() => late.abort());
};

/** A team, a fleet and a caller who repeats what was not answered: everything that a test of torture needs. */
export class Torture {
  /** Ids by the key that they were sent with. */
  readonly accepted = new Map<string, string>();
  readonly failures = new Map<string, number>();
  #sender: Caller | undefined;

  private constructor(
    readonly chance: Chance,
    readonly world: World,
    readonly fleet: Fleet,
    readonly desk: Desk,
    readonly channels: readonly string[],
  ) {}

  static async start({ chance, roles, channels, env = {}, ...options }: TortureOptions): Promise<Torture> {
    const world = await World.start({
      servers: 0,
      env: { ...HURRIED, ...env },
      simulator: { seed: chance.seed },
      ...(options.database && { database: options.database }),
    });
    const ids = await world.slack.addTeam(TEAM, channels);
    const fleet = await Fleet.start(world, roles);
    const desk = await openDesk(world, WORKSPACE, TEAM, options.scopes);
    for (const channel of ids) await world.slack.membership({ team: TEAM, channel, user: 'bot', member: true });
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: options.latencyMs ?? 20 });
    return new Torture(chance, world, fleet, desk, ids);
  }

  /** Sends with this caller's token from now on. */
  sendAs(caller: Caller): void {
    this.#sender = caller;
  }

  message(number: number, but: Partial<SendNotificationInput> = {}): SendNotificationInput {
    const channelId = this.chance.pick(this.channels);
    const priority = this.chance.next() < 0.1 ? 'URGENT' : 'NORMAL';
    return this.desk.message({
      channelId,
      priority,
      text: `message ${number}`,
      idempotencyKey: `key-${number}`,
      ...but,
    });
  }

  /** Sends through any process that takes requests, and repeats with the same key until one answers. */
  async send(input: SendNotificationInput): Promise<string> {
    for (;;) {
      const answer = await this.#tryOnce(input);
      if (answer !== undefined) {
        const key = input.idempotencyKey ?? answer;
        expect(this.accepted.get(key) ?? answer).toBe(answer);
        this.accepted.set(key, answer);
        return answer;
      }
      await pause(50);
    }
  }

  /** Messages `from` to `to`, by so many callers at once, spread over about `spreadMs`. */
  async sendAll(from: number, to: number, { callers = 6, spreadMs = 0 } = {}): Promise<void> {
    let next = from;
    const gapMs = (spreadMs * callers) / Math.max(1, to - from + 1);
    const call = async (): Promise<void> => {
      while (next <= to) {
        next += 1;
        await this.send(this.message(next - 1));
        if (gapMs > 0) await pause(gapMs);
      }
    };
    await Promise.all(Array.from({ length: callers }, call));
  }

  /** Milliseconds until nothing is on its way any more. */
  async untilAtRest(withinMs: number): Promise<number> {
    const startedAt = performance.now();
    for (;;) {
      const waiting = await this.waiting();
      const tookMs = performance.now() - startedAt;
      if (waiting === 0) return Math.round(tookMs);
      if (tookMs > withinMs)
        throw new Error(`${waiting} are not at rest after ${withinMs} ms: ${await this.#stuck()}\n${this.#loudest()}`);
      await pause(100);
    }
  }

  async waiting(): Promise<number> {
    const [row] = await this.world.database.query<{ count: number }>(
      `select count(*)::int as count from notifications where status in ('QUEUED', 'SENDING', 'RETRYING')`,
    );
    return row?.count ?? 0;
  }

  /** Nothing lost, doubled, unexpected or out of order, and the queue's tables as they have to be; answers with a summary. */
  async expectClean(): Promise<string> {
    const rows = await this.rows();
    const ids = new Set(this.accepted.values());
    expect(rows.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).toEqual([]);
    expect(judgeLedger(rows, await this.posts())).toEqual(CLEAN);
    await this.expectNothingLeft();
    const failures = [...this.failures].map(([what, count]) => `${count} × ${what}`).join(', ') || 'none';
    return `${await this.endings()}; calls repeated after: ${failures}`;
  }

  /** The queue's tables are as they have to be when nothing moves. */
  async expectNothingLeft(): Promise<void> {
    expect(await brokenInvariants(this.world.database)).toEqual([]);
    expect(await deadlocks(this.world.database)).toBe(0);
  }

  async endings(): Promise<string> {
    return `${await this.#count('notifications', 'status')}; attempts ${await this.#count('delivery_attempts', 'outcome')}`;
  }

  async rows(): Promise<AcceptedNotification[]> {
    const rows = await this.world.database.query<AcceptedNotification & { place: string | null }>(
      `select id::text, channel_id as channel, priority, entered_pos as place, status from notifications where lane_id is not null`,
    );
    return rows.map((row) => ({ ...row, place: row.place === null ? null : Number(row.place) }));
  }

  async posts(): Promise<{ id: string | undefined; channel: string }[]> {
    return (await this.world.slack.ledger()).map(({ metadata, channel }) => {
      const id = metadata?.event_payload['delivery_id'];
      return { id: typeof id === 'string' ? id : undefined, channel };
    });
  }

  async stop(): Promise<void> {
    await this.fleet.stop();
    await this.world.stop();
  }

  async #tryOnce(input: SendNotificationInput): Promise<string | undefined> {
    const members = this.fleet.members.filter((member) => member.takesRequests);
    const sender = this.#sender ?? this.desk.admin;
    const caller = new Caller(this.chance.pick(members).url, sender.userId, sender.token);
    try {
      const { sendNotification } = await within(ANSWER_WITHIN_MS, caller.run(SendNotificationDocument, { input }));
      expect(sendNotification.userErrors).toEqual([]);
      return sendNotification.notification?.id;
    } catch (error) {
      this.#noteFailure(error);
      return undefined;
    }
  }

  /** A broken connection is the caller's to repeat; an answer must say that it may be repeated. */
  #noteFailure(error: unknown): void {
    if (error instanceof UnexpectedErrors) {
      for (const { extensions, message } of error.errors) {
        if (extensions.code !== 'SERVICE_UNAVAILABLE' || extensions['retryable'] !== true)
          throw new Error(`${extensions.code}: ${message}\n${this.#loudest()}`);
      }
    } else if (!(error instanceof Error) || error.name === 'AssertionError') throw error;
    const name = error instanceof UnexpectedErrors ? 'SERVICE_UNAVAILABLE' : 'no answer';
    this.failures.set(name, (this.failures.get(name) ?? 0) + 1);
  }

  async #count(table: string, column: string): Promise<string> {
    const rows = await this.world.database.query<{ value: string; count: number }>(
      `select ${column} as value, count(*)::int as count from ${table} group by 1 order by 1`,
    );
    return rows.map(({ value, count }) => `${value} ${count}`).join(', ');
  }

  /** What the processes logged as errors lately. */
  #loudest(): string {
    const lines = this.fleet.members.flatMap((member) =>
      member.lines.filter((line) => /"level":"?(50|60|error|fatal)/.test(line)),
    );
    return lines.slice(-3).join('\n');
  }

  async #stuck(): Promise<string> {
    const rows = await this.world.database.query(
      `select n.id, n.status, n.attempt_open, n.attempt_count, n.queue_pos, n.due_at, n.wait_reason, n.wait_until, n.wait_detail,
        lane.channel_id, lane.head_priority, lane.ready_at, lane.lease_until, team.turn_at, team.paused_until, team.failures_in_a_row, now()
       from notifications n left join delivery_lanes lane on lane.id = n.lane_id left join delivery_teams team on team.team_id = n.team_id
       where n.status in ('QUEUED', 'SENDING', 'RETRYING') order by n.queue_pos limit 3`,
    );
    return JSON.stringify(rows, undefined, 1);
  }
}
