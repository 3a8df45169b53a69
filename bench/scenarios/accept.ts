import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { BENCH_FOLDER, Assistant, hasPackage } from '../assistant.ts';
import { openTeam, type Bed } from '../bed.ts';
import { cpuSecondsOf } from '../cpu.ts';
import type { Figure, Plan } from '../figures.ts';
import { ratioOf } from '../ratios.ts';
import { interleave, type Contender } from '../rounds.ts';
import type { LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';

const CONNECTIONS = 32;
const CHANNELS = 20;
const OURS = 'heliograph';
const CEILING = 'no-op mutation';
/** No durable answer can cost less. */
const LEAST = 'one row alone';
const RIVALS = ['pg-boss', 'graphile-worker'];

const MUTATION = `mutation ($input: SendNotificationInput!) {
  sendNotification(input: $input) {
    notification { id status priority text channelId postedAs attemptCount requestedBy createdAt isTest }
    deduplicated
    userErrors { code message field }
  }
}`;

interface Loading {
  readonly bed: Bed;
  readonly world: World;
  readonly load: Assistant;
  readonly team: LoadTeam;
  readonly seconds: number;
  /** By which each of them is warm, however long they take. */
  readonly warmingCalls: number;
}

const contender = (loading: Loading, name: string, url: string): Contender => {
  const { bed, world, load, team, seconds, warmingCalls } = loading;
  const pid = world.servers[world.urls.indexOf(url)]?.child.pid;
  const bodies = team.channels.map((channelId, number) =>
    JSON.stringify({ query: MUTATION, variables: { input: team.message({ channelId, text: `hello ${number}` }) } }),
  );
  const headers = { authorization: `Bearer ${team.admin.token}` };
  return {
    name,
    round: async (number) => {
      const request = {
        url: `${url}/graphql`,
        connections: CONNECTIONS,
        ...(number === 0 ? { calls: warmingCalls } : { seconds }),
        bodies,
        headers,
      };
      await bed.checkpoint(world.database);
      const [api, database] = [cpuSecondsOf(pid), bed.postgresCpuSeconds()];
      const { calls, perSecond, p50, p99 } = await load.ask<Loaded>('run', request);
      const us = (used: number): number => (used * 1_000_000) / calls;
      const [ofApi, ofPostgres] = [us(cpuSecondsOf(pid) - api), us(bed.postgresCpuSeconds() - database)];
      const cpu = { 'CPU of the API': ofApi, 'CPU of Postgres': ofPostgres, CPU: ofApi + ofPostgres };
      return { calls: perSecond, p50, p99, ...cpu };
    },
  };
};

/** The same server, with something else behind the mutation. */
const serverWith = (world: World, name: string, queueUrl: string): Promise<string> =>
  world.addServer({ BENCH_QUEUE_URL: queueUrl }, `bench/dist/${name}.js`);

const buildServers = (): void => {
  const args = ['node_modules/vite/bin/vite.js', 'build', '--config', 'bench/vite.config.ts', '--logLevel', 'warn'];
  execFileSync(process.execPath, args, { cwd: path.resolve(BENCH_FOLDER, '..'), stdio: 'inherit' });
};

/** `sendNotification` over HTTP: answered after the commit, against the same server with something else behind it. */
export const accept = async (bed: Bed, { quick, rounds }: Plan): Promise<Figure> => {
  buildServers();
  const world = await bed.world({ env: { HELIOGRAPH_ROLE: 'api' } });
  const queues = await bed.emptyDatabase();
  const load = await Assistant.start('http-load');
  try {
    const team = await openTeam(world, 'ACCEPT', CHANNELS);
    const warmingCalls = quick ? 300 : 9000;
    const loading = { bed, world, load, team, seconds: quick ? 1 : 3, warmingCalls };
    const rivals = RIVALS.filter(hasPackage);
    const contenders = [contender(loading, OURS, world.url)];
    contenders.push(contender(loading, CEILING, await serverWith(world, 'no-op', queues.url)));
    contenders.push(contender(loading, LEAST, await serverWith(world, 'one-row', queues.url)));
    for (const name of rivals) contenders.push(contender(loading, name, await serverWith(world, name, queues.url)));
    const reading = await interleave(contenders, rounds);
    const calls = (of: string) => reading(of, 'calls', '/s');
    const cpu = (of: string) => reading(of, 'CPU', 'µs/call');
    return {
      name: 'accept',
      setup: [
        `sendNotification over HTTP, ${CONNECTIONS} connections, answered after the commit (fsync on); role api, pool of 20.`,
        `${CEILING}: the same server with nothing behind the mutation. ${LEAST}: with one row of a table that has only its key, by the same batches.`,
        'pg-boss (send) and graphile-worker (addJob): behind the same mutation, pools of 20.',
        'Beside a job they store none of: the sender as it was, limits, lane and order, status log, statistics, words to search by.',
      ],
      readings: contenders.flatMap(({ name: of }) => [
        calls(of),
        reading(of, 'p50', 'ms'),
        reading(of, 'p99', 'ms'),
        reading(of, 'CPU of the API', 'µs/call'),
        reading(of, 'CPU of Postgres', 'µs/call'),
      ]),
      ratios: [
        ratioOf(calls(OURS), calls(CEILING), { atLeast: 0.7 }),
        ratioOf(calls(LEAST), calls(CEILING)),
        ...rivals.map((rival) => ratioOf(calls(OURS), calls(rival), { atLeast: 2 })),
        ...rivals.map((rival) => ratioOf(cpu(OURS), cpu(rival))),
      ],
      notes: RIVALS.filter((name) => !rivals.includes(name)).map((name) => `NOT MEASURED: ${name} is not installed.`),
    };
  } finally {
    await load.stop();
    await world.stop();
    await queues.drop();
  }
};

interface Loaded {
  readonly calls: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}
