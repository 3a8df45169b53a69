import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry } from '../../simulator/ledger.ts';
import { countWaiting, fillQueue, wholeLedger, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import type { Assistant } from '../assistant.ts';
import { installApp, openTeam, type Bed } from '../bed.ts';
import { cpuSecondsOf } from '../cpu.ts';
import type { Curve, Figure, Plan } from '../figures.ts';
import { BARE, startRivals, type Rivals } from '../rivals.ts';
import { ratioOf } from '../ratios.ts';
import { interleave, type Contender, type Numbers } from '../rounds.ts';

const LATENCY_MS = 20;
const OPEN_SENDS = 50;
const OURS = 'heliograph';
const PER = 10_000;
export const POLL_MS = 20;
/** The share of a round's messages that warm up. */
const WARM = 1 / 3;

/** The number of the last accepted post, and how many there are. */
export const ledgerEnd = async (world: World): Promise<number> => {
  const answer = await fetch(`${world.slack.url}/control/ledger?since=0&limit=1`);
  return ((await answer.json()) as { last: number }).last;
};

export const untilPosted = async (world: World, seq: number): Promise<void> => {
  while ((await ledgerEnd(world)) < seq) await pause(POLL_MS);
};

/** From the first to the last of them: what is before and after is no delivery. */
export const postsPerSecond = (entries: readonly LedgerEntry[]): number =>
  ((entries.length - 1) * 1000) / ((entries.at(-1)?.at ?? 0) - (entries[0]?.at ?? 0));

interface Run {
  readonly bed: Bed;
  readonly world: World;
  readonly rows: number;
}

/** A round's part of the run: the first one only warms up. */
const partOf = (run: Run, number: number): Run => (number === 0 ? { ...run, rows: Math.ceil(run.rows * WARM) } : run);

/** Rate by what reached Slack; CPU of the sender and of what it keeps its queue in, until all is settled. */
const measured = async (
  { bed, world, rows }: Run,
  cpuOf: () => number,
  work: (since: number) => Promise<unknown>,
  fill: () => Promise<unknown>,
): Promise<Numbers> => {
  await fill();
  await bed.checkpoint(world.database);
  const since = await ledgerEnd(world);
  const [own, database] = [cpuOf(), bed.postgresCpuSeconds()];
  await work(since);
  const [used, stored] = [cpuOf() - own, bed.postgresCpuSeconds() - database];
  const entries = await wholeLedger(world, since);
  if (entries.length !== rows) throw new Error(`${rows} were to be posted, and ${entries.length} were.`);
  const per = (seconds: number): number => (seconds * PER) / rows;
  return { posts: postsPerSecond(entries), cost: per(used + stored), 'of it in the store': per(stored) };
};

const ours = (run: Run, team: LoadTeam): Contender => {
  const { world } = run;
  const pid = (): number | undefined => world.servers[1]?.child.pid;
  const hold = (time: string): Promise<unknown> =>
    world.database.query(`update delivery_teams set turn_at = ${time} where team_id = $1`, [team.team]);
  return {
    name: OURS,
    round: (number) => {
      const part = partOf(run, number);
      const { rows } = part;
      return measured(
        part,
        () => cpuSecondsOf(pid()),
        async (since) => {
          await hold('now()');
          await untilPosted(world, since + rows);
          while ((await countWaiting(world.database)) > 0) await pause(POLL_MS);
        },
        async () => {
          await fillQueue(world.database, team, { rows, readyAt: `now() + interval '1 hour'` });
          // Due now, and not before the team's turn: what is filled in is delivered in what is measured.
          await world.database.query('update delivery_lanes set ready_at = now() where head_priority >= 0');
        },
      );
    },
  };
};

const rival = (
  run: Run,
  name: string,
  assistant: Assistant,
  storePid: number | undefined,
  channels: readonly string[],
): Contender => {
  const jobs = Array.from({ length: run.rows }, (_job, number) => ({
    channel: channels[number % channels.length],
    text: `filling ${number}`,
  }));
  return {
    name,
    round: (number) => {
      const part = partOf(run, number);
      return measured(
        part,
        () => cpuSecondsOf(assistant.pid) + cpuSecondsOf(storePid),
        () => assistant.ask('work'),
        () => assistant.ask('fill', jobs.slice(0, part.rows)),
      );
    },
  };
};

/** Messages for more and more channels, at most thirty for each: within a channel one goes after the other. */
const alongChannels = async (run: Run, team: LoadTeam): Promise<Curve> => {
  const points: Curve['points'][number][] = [];
  for (let at = 10; at <= team.channels.length; at *= 10) {
    const some = { ...team, channels: team.channels.slice(0, at) };
    const rows = Math.min(run.rows, at * 30);
    const { posts = Number.NaN, cost = Number.NaN } = await ours({ ...run, rows }, some).round(points.length + 1);
    points.push({ at, values: { 'sends/s': posts, 'CPU-s/10,000': cost } });
  }
  return { of: 'sending to so many', along: 'channels', points };
};

/** Messages for many channels, against a bare loop of posts and against job queues that call Slack. */
export const deliver = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  const [channels, rows] = quick ? [400, 400] : [10_000, 10_000];
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  let rivals: Rivals | undefined;
  try {
    await world.slack.config({ channelPostsPerSecond: 0, latencyMs: LATENCY_MS, keepMessagesPerChannel: 3 });
    const team = await openTeam(world, 'DELIVER', channels);
    const app = await installApp(world, 'T0RIVALS', channels);
    await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
    rivals = await startRivals(bed, { apiUrl: `${world.slack.url}/api/`, token: app.token, concurrency: OPEN_SENDS });
    const run = { bed, world, rows };
    const contenders = [
      ours(run, team),
      ...rivals.all.map(({ name, assistant, storePid }) => rival(run, name, assistant, storePid, app.channels)),
    ];
    const reading = await interleave(contenders, rounds);
    const curve = await alongChannels(run, team);
    const names = contenders.map(({ name }) => name);
    const posts = (of: string) => reading(of, 'posts', '/s');
    const cost = (of: string) => reading(of, 'cost', 'CPU-s/10,000');
    const queues = names.filter((name) => name !== OURS && name !== BARE);
    return {
      name: 'deliver',
      setup: [
        `${rows} messages for ${channels} channels, ${LATENCY_MS} ms Slack without limits, ${OPEN_SENDS} open sends; TEAM_CONCURRENCY=0, TEAM_MESSAGES_PER_MINUTE=0.`,
        ...rivals.setup,
        'Cost: CPU of the sending process and of its database, from the first send until all is settled; storing the messages beforehand is not in it.',
        'None of the others keeps a history, a status that can be followed, order in a channel, a pace, fairness, or says what became of a lost answer.',
      ],
      readings: names.flatMap((of) => [posts(of), cost(of), reading(of, 'of it in the store', 'CPU-s/10,000')]),
      ratios: [
        ratioOf(posts(OURS), posts(BARE), { atLeast: 0.8 }),
        ...queues.map((name) => ratioOf(posts(OURS), posts(name))),
        ...queues.map((name) => ratioOf(cost(OURS), cost(name), name === 'bullmq' ? undefined : { atMost: 1.3 })),
      ],
      curves: [curve],
      notes: rivals.missing,
    };
  } finally {
    await rivals?.stop();
    await world.stop();
  }
};
