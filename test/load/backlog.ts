import { setTimeout as pause } from 'node:timers/promises';
import { expect, vi } from 'vitest';
import { UNPACED } from '../support/desk.ts';
import { fillQueue, openTeams, report, wholeLedger, type LoadTeam } from '../support/load.ts';
import type { Explained } from '../support/explained.ts';
import { KeptClaim } from '../support/load-plans.ts';
import type { Chance } from '../support/seeded.ts';
import { World } from '../support/world.ts';

export interface BacklogPlan {
  readonly few: number;
  readonly many: number;
  /** Lanes that the blocked rows are in. */
  readonly lanes: number;
  readonly batch: number;
  /** Of the rate beside little; less where other programs use the machine meanwhile. */
  readonly leastRate: number;
}

const CHANNELS = 50;
const ROUNDS = 4;
const SHARE_SCHEDULED = 0.3;
/**
 * Pages that a send touches more beside much: what the machine does otherwise changes nothing of that. An index of a hundred
 * times as many rows is one level deeper, and a send looks into indexes some hundred times. No proportion: what a send
 * touches beside little may fall by itself.
 */
const MOST_MORE_PAGES = 100;

/** A database where so much waits for an hour, blocked in its lanes or scheduled, beside a team that is busy now. */
class Backlog {
  readonly rates: number[] = [];
  #sends = 0;
  #pagesBefore = 0;

  private constructor(
    readonly world: World,
    readonly busy: LoadTeam,
    readonly claim: KeptClaim,
  ) {}

  static async open(chance: Chance, waiting: number, lanes: number): Promise<Backlog> {
    const world = await World.start({
      env: { ...UNPACED, TEAM_CONCURRENCY: '0', HELIOGRAPH_ROLE: 'api' },
      simulator: { seed: chance.seed },
    });
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: 10, keepMessagesPerChannel: 10 });
    const [busy, blocked] = await openTeams(world, { BUSY: CHANNELS, BLOCKED: 1 });
    if (!busy || !blocked) throw new Error('There are no teams.');
    const claim = await KeptClaim.prepare(world.database);
    const inAnHour = `now() + interval '1 hour'`;
    const scheduled = Math.round(waiting * SHARE_SCHEDULED);
    await fillQueue(world.database, blocked, { rows: waiting - scheduled, readyAt: inAnHour, channels: lanes });
    await fillQueue(world.database, blocked, { rows: scheduled, dueAt: inAnHour });
    // Autovacuum would do the same within a minute, and its pages would be counted as those of the sends.
    await world.database.query('vacuum analyze');
    return new Backlog(world, busy, claim);
  }

  async explain(): Promise<Explained> {
    await fillQueue(this.world.database, this.busy, { rows: CHANNELS });
    // Once for the pages that the filling left to be looked through for the first time.
    await this.claim.explain();
    return this.claim.explain();
  }

  async startDelivery(): Promise<void> {
    await this.claim.close();
    this.#pagesBefore = await this.#pagesTouched();
    await this.world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
  }

  /** Sends so many and notes how many that was a second. */
  async measure(rows: number): Promise<void> {
    const since = (await wholeLedger(this.world)).at(-1)?.seq ?? 0;
    await fillQueue(this.world.database, this.busy, { rows });
    for (;;) {
      const times = (await wholeLedger(this.world, since)).map(({ at }) => at);
      if (times.length < rows) {
        await pause(50);
        continue;
      }
      this.#sends += rows;
      this.rates.push((rows * 1000) / ((times.at(-1) ?? 0) - (times[0] ?? 0)));
      return;
    }
  }

  /** Ends the servers: what a session did is counted at its end for certain, and up to 10 s late before. */
  async endedPagesPerSend(): Promise<number> {
    await Promise.all(this.world.servers.map((server) => server.stop()));
    await vi.waitUntil(() => this.#sessionsAreGone(), { timeout: 10_000 });
    return ((await this.#pagesTouched()) - this.#pagesBefore) / this.#sends;
  }

  async #sessionsAreGone(): Promise<boolean> {
    const sessions = await this.world.database.query(
      `select from pg_stat_activity where datname = current_database() and application_name like 'heliograph%'`,
    );
    return sessions.length === 0;
  }

  async #pagesTouched(): Promise<number> {
    await this.world.database.query('select pg_stat_force_next_flush()');
    const [row] = await this.world.database.query<{ pages: number }>(
      `select (blks_hit + blks_read)::float8 as pages from pg_stat_database where datname = current_database()`,
    );
    return row?.pages ?? 0;
  }

  close(): Promise<void> {
    return this.world.stop();
  }
}

const describe = ({ buffers, ms }: Explained): string => `${buffers} buffers, ${ms.toFixed(1)} ms`;

/** The same work with little and with very much waiting beside it: claims and sends cost the same. */
export const pileUp = async (name: string, chance: Chance, plan: BacklogPlan): Promise<void> => {
  const little = await Backlog.open(chance, plan.few, Math.min(plan.few, plan.lanes));
  const much = await Backlog.open(chance, plan.many, plan.lanes);
  try {
    const [beside, alone] = [await much.explain(), await little.explain()];
    await Promise.all([little.startDelivery(), much.startDelivery()]);
    for (const backlog of [little, much]) await backlog.measure(plan.batch);
    for (const backlog of [little, much]) backlog.rates.splice(0);
    for (let round = 0; round < ROUNDS; round += 1)
      for (const backlog of round % 2 === 0 ? [little, much] : [much, little]) await backlog.measure(plan.batch);
    const [littlePages, muchPages] = [await little.endedPagesPerSend(), await much.endedPagesPerSend()];
    const ratio = Math.max(...much.rates) / Math.max(...little.rates);
    report(name, {
      [`a claim beside ${plan.few}`]: describe(alone),
      [`beside ${plan.many}`]: describe(beside),
      'sends/s': `${little.rates.map(Math.round).join(' ')} and ${much.rates.map(Math.round).join(' ')}`,
      ratio: ratio.toFixed(2),
      'pages for a send': `${Math.round(littlePages)} and ${Math.round(muchPages)}`,
    });
    expect(beside.wholeTables).toEqual([]);
    expect(beside.buffers).toBeLessThanOrEqual(2 * alone.buffers);
    expect(muchPages - littlePages).toBeLessThanOrEqual(MOST_MORE_PAGES);
    expect(ratio).toBeGreaterThanOrEqual(plan.leastRate);
  } finally {
    await little.close();
    await much.close();
  }
};
