import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerEntry, RequestEntry } from '../../simulator/ledger.ts';
import { fillQueue, postRequests, wholeLedger, type LoadTeam } from '../../test/support/load.ts';
import type { World } from '../../test/support/world.ts';
import { startAlertmanager } from '../alertmanager.ts';
import { Assistant, hasPackage } from '../assistant.ts';
import { installApp, openTeam, type Bed } from '../bed.ts';
import type { Figure, Goal, Plan, Reading } from '../figures.ts';
import { ratioOf } from '../ratios.ts';

const OURS = 'heliograph';
const SDK = '@slack/web-api with its retries';
const ALERTMANAGER = 'alertmanager';
const BURST = 3;
/** So late a post is still that of its second: at the edge of the window one more or less would be 3 %. */
const LATE_MS = 500;

interface Contender {
  readonly name: string;
  readonly channel: string;
  readonly setup: string;
  start(messages: number): Promise<unknown>;
  stop(): Promise<void>;
}

interface Window {
  readonly ledger: readonly LedgerEntry[];
  readonly requests: readonly RequestEntry[];
  readonly until: number;
}

/** Pairs that stand in Slack the other way round than they were given. */
const inversionsOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number, index) => sum + numbers.slice(index + 1).filter((later) => later < number).length, 0);

const numberOf = ({ text }: LedgerEntry): number => Number(/filling (\d+)/.exec(text)?.[1] ?? Number.NaN);

const ours = (world: World, team: LoadTeam): Contender => ({
  name: OURS,
  channel: team.channels[0] ?? '',
  setup: `${OURS}: CHANNEL_MESSAGES_PER_SECOND=1, CHANNEL_BURST=${BURST}, TEAM_CONCURRENCY=10, TEAM_MESSAGES_PER_MINUTE=0.`,
  start: (rows) => fillQueue(world.database, team, { rows }),
  stop: async () => {},
});

const sdk = async (world: World): Promise<Contender> => {
  const { token, channels } = await installApp(world, 'T0EAGER', 1);
  const channel = channels[0] ?? '';
  const assistant = await Assistant.start('eager-poster', { apiUrl: `${world.slack.url}/api/`, token, channel });
  return {
    name: SDK,
    channel,
    setup: `${SDK}: its defaults for retries and concurrency, all posts called at once. It stores nothing, and the order is by chance.`,
    start: (count) => assistant.ask('post', { count }),
    stop: () => assistant.stop(),
  };
};

const alertmanager = async (world: World): Promise<Contender | undefined> => {
  const { token, channels } = await installApp(world, 'T0ALERTS', 1);
  const channel = channels[0] ?? '';
  const started = await startAlertmanager(`${world.slack.url}/api/`, token, channel);
  if (!started) return undefined;
  return {
    name: ALERTMANAGER,
    channel,
    setup: started.setup,
    start: (count) => started.fire(count),
    stop: () => started.stop(),
  };
};

/** What came of a contender, from its first post on: what it needs to begin is no pace. */
const readingsOf = ({ name, channel }: Contender, { ledger, requests, until }: Window): Reading[] => {
  const posts = ledger.filter((entry) => entry.channel === channel);
  const asked = requests.filter((entry) => entry.channel === channel);
  const first = posts[0]?.at ?? until;
  const allowed = Math.floor((until - first - LATE_MS) / 1000);
  const inTime = posts.filter(({ at }) => at <= first + allowed * 1000 + LATE_MS);
  const limited = asked.filter(({ status }) => status === 429).length;
  const reading = (what: string, unit: string, value: number, goal: Goal): Reading => ({
    of: name,
    what,
    unit,
    values: [value],
    ...(name === OURS ? { goal } : {}),
  });
  const share = reading('of the allowed rate', '%', (100 * Math.max(0, inTime.length - BURST)) / allowed, {
    atLeast: 97,
  });
  const refused = reading('answered 429', '%', (100 * limited) / asked.length, { atMost: 1 });
  // Alertmanager's text is in an attachment, which the simulated Slack does not keep.
  if (name === ALERTMANAGER) return [share, refused];
  return [share, refused, reading('inversions', 'pairs', inversionsOf(posts.map(numberOf)), { atMost: 0 })];
};

/** One channel, one post a second enforced by Slack; all contenders at the same time, each in a channel of its own. */
export const pace = async (bed: Bed, { quick }: Plan): Promise<Figure> => {
  const seconds = quick ? 5 : 30;
  const world = await bed.world({
    env: { CHANNEL_MESSAGES_PER_SECOND: '1', CHANNEL_BURST: `${BURST}`, TEAM_CONCURRENCY: '10' },
  });
  const contenders: Contender[] = [];
  try {
    await world.slack.config({ channelPostsPerSecond: 1, channelBurst: BURST, latencyMs: 20 });
    contenders.push(ours(world, await openTeam(world, 'PACE', 1)));
    if (hasPackage('@slack/web-api')) contenders.push(await sdk(world));
    // One that is installed and does not start is no reason not to measure the others.
    const third = await alertmanager(world).catch((error: unknown) => String(error));
    if (typeof third === 'object') contenders.push(third);
    const messages = seconds * 2;
    await Promise.all(contenders.map((contender) => contender.start(messages)));
    await pause(seconds * 1000);
    const until = Date.now();
    const window = { ledger: await wholeLedger(world), requests: await postRequests(world), until };
    const readings = contenders.map((contender) => readingsOf(contender, window));
    const [own, ...others] = readings.map(([share]) => share as Reading);
    return {
      name: 'pace',
      setup: [
        `A channel each, 1 post a second and a burst of ${BURST} enforced by Slack, ${messages} messages waiting, ${seconds} s; all at the same time.`,
        ...contenders.map(({ setup }) => setup),
      ],
      readings: readings.flat(),
      ratios: others.flatMap((other) => (own ? [ratioOf(own, other)] : [])),
      notes:
        typeof third === 'object' ? [] : [`NOT MEASURED: ${third ?? 'prometheus-alertmanager is not in the PATH.'}`],
    };
  } finally {
    for (const contender of contenders) await contender.stop();
    await world.stop();
  }
};
