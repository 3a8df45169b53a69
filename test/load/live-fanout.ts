import { DeliveryStatusChangedDocument } from '../generated/graphql.ts';
import { closeCrowd, cpuMs, CrowdSocket, openCrowd } from '../support/crowd.ts';
import { Program } from '../support/processes.ts';
import { World } from '../support/world.ts';

export interface FanoutPlan {
  readonly subscribers: number;
  readonly changes: number;
  /** Changes in one transaction; a divisor of `changes`. */
  readonly slice: number;
  readonly rounds: number;
}

const WORKSPACE = 'fanout';

/** Recorded refusals, straight into the table: their changes are what matters here. */
const REFUSALS = `insert into notifications
  (id, workspace_id, status, priority, text, requested_by, identity_kind, failure_code, expires_at)
  select gen_random_uuid(), $1, 'FAILED', 1, 'An audit is complete.', 'nobody', 'WORKSPACE_BOT', 'CHANNEL_REQUIRED', now()
  from generate_series(1, $2::int)`;

interface Round {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

/** Runs something that makes everybody of a crowd hear so many messages more, and says what it cost the server. */
const measure = async (
  crowd: readonly CrowdSocket[],
  messages: number,
  pid: number,
  run: () => Promise<unknown>,
): Promise<Round> => {
  const ends = crowd.map(
    (member) =>
      new Promise<void>((resolve) => {
        const target = member.heard + messages;
        member.onNext = () => {
          if (member.heard === target) resolve();
        };
      }),
  );
  const [cpu, began] = [cpuMs(pid), performance.now()];
  await run();
  await Promise.all(ends);
  const deliveries = crowd.length * messages;
  return {
    perSecond: (deliveries / (performance.now() - began)) * 1000,
    cpuMicroseconds: ((cpuMs(pid) - cpu) / deliveries) * 1000,
  };
};

const startBroadcaster = async (): Promise<{ program: Program; url: string }> => {
  let port = '';
  const program = await Program.start('broadcaster', ['test/support/broadcaster.mjs'], {}, (line) => {
    port = /listening on (\d+)/.exec(line)?.[1] ?? '';
    return port !== '';
  });
  return { program, url: `http://127.0.0.1:${port}` };
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** One crowd at a server and one at a bare broadcaster, the same messages to each by turns; answers with medians of ratios. */
export const fanOut = async (name: string, plan: FanoutPlan): Promise<{ speed: number; cpu: number }> => {
  const world = await World.start();
  const raw = await startBroadcaster();
  const token = await world.token('ana', { [WORKSPACE]: 'ADMIN' });
  const payload = { query: DeliveryStatusChangedDocument.toString(), variables: { workspaceId: WORKSPACE } };
  const ours = await openCrowd(plan.subscribers, () => CrowdSocket.open(world.url, token, payload));
  const theirs = await openCrowd(plan.subscribers, () => CrowdSocket.open(raw.url, token, payload));
  try {
    await Promise.all([...ours, ...theirs].map((member) => member.settled()));
    const first = ours[0] as CrowdSocket;
    let bytes = 0;
    first.socket.once('message', (message: Buffer) => (bytes = message.length));
    const write = async (count: number): Promise<void> => {
      for (let written = 0; written < count; written += plan.slice) {
        await world.database.query(REFUSALS, [WORKSPACE, plan.slice]);
        await world.database.query(`select pg_notify('heliograph_status', '')`);
      }
    };
    const send = async (count: number) => raw.program.child.stdin?.write(`${count} ${bytes}\n`);
    const pids = [world.servers[0]?.child.pid, raw.program.child.pid] as [number, number];
    await measure(ours, plan.slice, pids[0], () => write(plan.slice));
    await measure(theirs, 5, pids[1], () => send(5));
    const ratios: { speed: number; cpu: number }[] = [];
    for (let round = 0; round < plan.rounds; round += 1) {
      const bare = await measure(theirs, plan.changes, pids[1], () => send(plan.changes));
      const full = await measure(ours, plan.changes, pids[0], () => write(plan.changes));
      ratios.push({
        speed: full.perSecond / bare.perSecond,
        cpu: bare.cpuMicroseconds / full.cpuMicroseconds,
      });
      process.stdout.write(
        `${name}: ${bytes} bytes, ${Math.round(full.perSecond)} of ${Math.round(bare.perSecond)} deliveries/s, ` +
          `${full.cpuMicroseconds.toFixed(1)} against ${bare.cpuMicroseconds.toFixed(1)} µs of CPU each\n`,
      );
    }
    return { speed: median(ratios.map(({ speed }) => speed)), cpu: median(ratios.map(({ cpu }) => cpu)) };
  } finally {
    await closeCrowd([...ours, ...theirs]);
    await raw.program.stop();
    await world.stop();
  }
};
