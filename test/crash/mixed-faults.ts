import type { FaultScript } from '../support/slack-control.ts';
import type { Chance } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

/** Every fault that the simulated Slack can play on a post; late applies come before Slack is taken to have settled. */
const FAULTS: readonly FaultScript['fault'][] = [
  { type: 'error', error: 'service_unavailable' },
  { type: 'error', error: 'fatal_error' },
  { type: 'error', error: 'internal_error' },
  { type: 'ratelimit', retryAfter: '1' },
  { type: 'ratelimit', retryAfter: 1 },
  { type: 'status', status: 500 },
  { type: 'status', status: 503, apply: true },
  { type: 'html' },
  { type: 'html', apply: true },
  { type: 'empty', apply: true },
  { type: 'null', apply: true },
  { type: 'truncated' },
  { type: 'truncated', apply: false },
  { type: 'hang' },
  { type: 'hang', apply: true },
  { type: 'stall' },
  { type: 'slow', ms: 1000 },
  { type: 'slow', ms: 2500 },
  { type: 'reset_before' },
  { type: 'reset_after' },
  { type: 'apply_then_status', status: 502 },
  { type: 'apply_then_error', error: 'fatal_error' },
  { type: 'apply_late', ms: 1500 },
  { type: 'apply_late', ms: 2500, answer: 'hang' },
];
const SHARE = 0.2;

/** Faults of every kind on one in five posts, and on as many lookups. */
const arm = async (torture: Torture): Promise<void> => {
  const { slack } = torture.world;
  // The simulated Slack tries one after the other: each gets the same share of what the ones before let through.
  const each = 1 - (1 - SHARE) ** (1 / FAULTS.length);
  for (const fault of FAULTS)
    await slack.fault({ match: { method: 'chat.postMessage' }, fault, times: 0, probability: each });
  const lookups = [{ type: 'status', status: 500 }, { type: 'truncated' }, { type: 'ratelimit', retryAfter: '1' }];
  for (const fault of lookups) {
    await slack.fault({
      match: { method: 'conversations.history' },
      fault,
      times: 0,
      probability: SHARE / lookups.length,
    });
  }
};

export interface FaultPlan {
  readonly messages: number;
  readonly channels: number;
  readonly restWithinMs: number;
}

export const sendThroughFaults = async (
  chance: Chance,
  { messages, channels, restWithinMs }: FaultPlan,
): Promise<string> => {
  const torture = await Torture.start({
    chance,
    roles: ['all', 'delivery'],
    channels,
    // Breakers and lookups take their time here: what is measured is that each ends as it should.
    env: { TEAM_CONCURRENCY: '0', CONFIRM_MAX_HOLD_SECONDS: '300' },
  });
  try {
    await arm(torture);
    await torture.sendAll(1, messages);
    const restMs = await torture.untilAtRest(restWithinMs);
    return `${await torture.expectClean()}; at rest ${restMs} ms after the last send`;
  } finally {
    await torture.stop();
  }
};

/** Answers lost, applied or not, where nobody may look: at most once each, and whatever is not known says so. */
export const loseAnswersUnseen = async (
  chance: Chance,
  messages: number,
): Promise<{ torture: Torture; lost: number }> => {
  const torture = await Torture.start({
    chance,
    roles: ['all', 'delivery'],
    channels: 8,
    scopes: 'chat:write,chat:write.public,channels:read',
  });
  const { slack } = torture.world;
  for (const type of ['reset_before', 'reset_after', 'stall', 'truncated']) {
    await slack.fault({ match: { method: 'chat.postMessage' }, fault: { type }, times: 0, probability: SHARE / 4 });
  }
  await torture.sendAll(1, messages);
  await torture.untilAtRest(60_000);
  const requests = await slack.requests('chat.postMessage');
  const lost = requests.filter(({ fault }) => fault !== null).length;
  const stalled = requests.filter(({ fault }) => fault === 'stall').length;
  // A machine that stands still for a while loses answers as well: those that came after the whole time of a try.
  const [row] = await torture.world.database.query<{ count: number }>(
    `select count(*)::int as count from delivery_attempts where outcome = 'UNKNOWN' and duration_ms > 1900`,
  );
  return { torture, lost: lost + (row?.count ?? 0) - stalled };
};
