import { z } from 'zod';

/** What `POST /control/config` may change while the simulator runs. 0 means no limit. */
export const tunablesSchema = z
  .object({
    channelPostsPerSecond: z.number().min(0),
    channelBurst: z.number().int().min(1),
    teamPostsPerMinute: z.number().int().min(0),
    /** Calls per method, team and minute; "slack" sets the documented tiers. */
    methodsPerMinute: z.union([z.literal('slack'), z.record(z.string(), z.number().int().min(0))]),
    latencyMs: z.number().min(0),
    rotation: z.union([z.boolean(), z.array(z.string())]),
    tokenLifetimeSeconds: z.number().int().min(1),
    refreshGraceSeconds: z.number().int().min(0),
    dedupeClientMsgId: z.boolean(),
    /** Of a listing of conversations; shorter than was asked for. */
    listPageMax: z.number().int().min(1).max(1000),
    /** An empty page, with a cursor, before each one of conversations. */
    listEmptyPages: z.boolean(),
    historyPageMax: z.number().int().min(1).max(999),
    keepMessagesPerChannel: z.number().int().min(1),
    /** How far its clock is ahead of this machine's; to be set before the first message, since ts only grow. */
    clockAheadMs: z.number().int(),
  })
  .partial()
  .strict();

export interface Tunables {
  channelPostsPerSecond: number;
  channelBurst: number;
  teamPostsPerMinute: number;
  methodsPerMinute: Record<string, number>;
  latencyMs: number;
  rotation: boolean | string[];
  tokenLifetimeSeconds: number;
  refreshGraceSeconds: number;
  dedupeClientMsgId: boolean;
  listPageMax: number;
  listEmptyPages: boolean;
  historyPageMax: number;
  keepMessagesPerChannel: number;
  clockAheadMs: number;
}

/** Slack's documented tiers, in calls per minute. */
export const SLACK_TIERS: Readonly<Record<string, number>> = {
  'apps.uninstall': 1,
  'auth.revoke': 50,
  'auth.teams.list': 20,
  'auth.test': 600,
  'chat.delete': 50,
  'chat.getPermalink': 600,
  'chat.update': 50,
  'conversations.history': 50,
  'conversations.info': 50,
  'conversations.join': 50,
  'conversations.list': 20,
  'conversations.open': 50,
  'conversations.replies': 50,
  'oauth.v2.access': 600,
  'team.info': 50,
  'users.conversations': 50,
  'users.info': 100,
};

export function defaultTunables(rotation: boolean): Tunables {
  return {
    channelPostsPerSecond: 1,
    channelBurst: 5,
    teamPostsPerMinute: 0,
    methodsPerMinute: {},
    latencyMs: 0,
    rotation,
    tokenLifetimeSeconds: 43_200,
    refreshGraceSeconds: 60,
    dedupeClientMsgId: false,
    listPageMax: 1000,
    listEmptyPages: false,
    historyPageMax: 999,
    keepMessagesPerChannel: 10_000,
    clockAheadMs: 0,
  };
}

export function applyTunables(current: Tunables, change: z.infer<typeof tunablesSchema>): void {
  const { methodsPerMinute, ...rest } = change;
  for (const [key, value] of Object.entries(rest)) {
    if (value !== undefined) Object.assign(current, { [key]: value });
  }
  if (methodsPerMinute === 'slack') current.methodsPerMinute = { ...SLACK_TIERS };
  else if (methodsPerMinute !== undefined) current.methodsPerMinute = methodsPerMinute;
}
