import type { SimulatorClock } from './clock.ts';
import { createClock } from './clock.ts';
import { CodeBook } from './codes.ts';
import { contextOf } from './event-context.ts';
import { EventSender } from './events.ts';
import { Faults } from './faults.ts';
import { Ledger, RequestLog } from './ledger.ts';
import { Limits } from './limits.ts';
import type { Channel, Message, PostedBy, WorldChange } from './model.ts';
import type { AppRegistration, SimulatorOptions } from './options.ts';
import { appOf } from './options.ts';
import { randomWord, seededRandom } from './random.ts';
import { StateFile } from './state-file.ts';
import { Timers } from './timers.ts';
import { GrantBook } from './tokens.ts';
import type { Tunables } from './tunables.ts';
import { defaultTunables } from './tunables.ts';
import { World } from './world.ts';

const REQUEST_LOG_SIZE = 200_000;

/** Everything that one simulated Slack knows. */
export interface Simulator {
  /** Another one at each start: tells it from whatever answers at its address later. */
  readonly id: string;
  readonly app: AppRegistration;
  readonly clock: SimulatorClock;
  readonly tunables: Tunables;
  readonly world: World;
  readonly grants: GrantBook;
  readonly codes: CodeBook;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly events: EventSender;
  readonly ledger: Ledger;
  readonly requests: RequestLog;
  /** client_msg_id → message, per channel; asked only while `dedupeClientMsgId` is on. */
  readonly seenClientIds: Map<string, Message>;
  /** How people and clients reach it; known once it listens. */
  url: string;
  applyPost(channel: Channel, message: Message, by: PostedBy, at: number): void;
  /** Work for later; it is dropped when the simulator stops. */
  later(ms: number, work: () => void): void;
  rotatesFor(teamId: string | null): boolean;
  reset(options: { tunablesToo: boolean }): void;
  saveGrants(): void;
  close(): void;
}

export function createSimulator(options: SimulatorOptions): Simulator {
  const tunables = defaultTunables(options.rotation ?? false);
  const clock = createClock(() => tunables.clockAheadMs);
  const id = randomWord(20);
  const state = new StateFile(options.stateFile ?? null, id);
  const world = new World(options.appName ?? 'Heliograph', () => tunables.keepMessagesPerChannel);
  const ledger = new Ledger();
  const saveGrants = (): void => state.saveGrants(grants.snapshot(), clock.tokenOffsetMs());
  const timers = new Timers();
  const later: Simulator['later'] = (ms, work) => timers.later(ms, work);
  const times = {
    nowMs: () => clock.tokenNowMs(),
    lifetimeMs: () => tunables.tokenLifetimeSeconds * 1000,
    graceMs: () => tunables.refreshGraceSeconds * 1000,
  };
  const grants = new GrantBook(times, saveGrants);
  const app = appOf(options);
  const simulator: Simulator = {
    id,
    app,
    clock,
    tunables,
    world,
    grants,
    codes: new CodeBook(() => clock.tokenNowMs()),
    limits: new Limits(tunables, () => clock.monotonicMs()),
    faults: new Faults(seededRandom(options.seed ?? 1)),
    events: new EventSender(app, options.eventsUrl ?? null, {
      nowMs: () => clock.nowMs(),
      later,
      contextOf: (team, event) => contextOf({ world, grants }, team, event),
    }),
    ledger,
    requests: new RequestLog(REQUEST_LOG_SIZE),
    seenClientIds: new Map(),
    url: options.publicUrl ?? '',
    applyPost: (channel, message, by, at) => world.post(channel, message, by, at, clock.nowMs()),
    later,
    rotatesFor: (teamId) =>
      Array.isArray(tunables.rotation) ? teamId !== null && tunables.rotation.includes(teamId) : tunables.rotation,
    reset: ({ tunablesToo }) => {
      if (tunablesToo) Object.assign(tunables, defaultTunables(options.rotation ?? false));
      resetAll(simulator, state);
    },
    saveGrants,
    close: () => {
      timers.end();
      state.close();
    },
  };
  restore(simulator, state);
  return simulator;
}

function restore(simulator: Simulator, state: StateFile): void {
  const saved = state.load();
  if (saved.grants !== null) simulator.grants.restore(saved.grants);
  simulator.clock.resetTokens(saved.tokenOffsetMs);
  simulator.world.onChange((change) => enterInLedger(simulator.ledger, simulator.world, change));
  for (const change of saved.changes) simulator.world.replay(change);
  simulator.world.onChange((change) => {
    enterInLedger(simulator.ledger, simulator.world, change);
    state.append(change);
  });
}

function resetAll(simulator: Simulator, state: StateFile): void {
  state.clearJournal();
  simulator.world.reset();
  simulator.clock.resetTokens(0);
  simulator.grants.restore({ grants: [], tokens: [] });
  simulator.codes.reset();
  simulator.limits.reset();
  simulator.faults.clear();
  simulator.ledger.reset();
  simulator.requests.reset();
  simulator.seenClientIds.clear();
  simulator.saveGrants();
}

function enterInLedger(ledger: Ledger, world: World, change: WorldChange): void {
  if (change.op !== 'post' || change.by.kind === 'person') return;
  const { message } = change;
  ledger.append({
    at: change.at,
    applied_at: change.appliedAt,
    team: world.channels.get(change.channel)?.teamId ?? '',
    channel: change.channel,
    ts: message.ts,
    user: message.user,
    bot: message.botId,
    token_kind: change.by.kind,
    text: message.text,
    thread_ts: message.threadTs,
    metadata: message.metadata,
  });
}
