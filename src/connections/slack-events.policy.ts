import { z } from 'zod';
import type { ChannelId, SlackUserId, TeamId } from '../platform/ids.ts';
import { madeStorable } from '../platform/text.ts';

/** An event that comes twice within this time counts once. */
export const EVENTS_KEPT_DAYS = 7;

/** What an event changes among a team's conversations. */
export type ChannelChange =
  | { readonly kind: 'channelRenamed'; readonly channel: ChannelId; readonly name: string }
  | {
      readonly kind: 'channelCreated';
      readonly channel: ChannelId;
      readonly name: string;
      /** Left out by the version before. */
      readonly isShared?: boolean;
      /** Is in it from the beginning. */
      readonly creator?: SlackUserId | undefined;
    }
  | { readonly kind: 'channelArchived'; readonly channel: ChannelId; readonly isArchived: boolean }
  | { readonly kind: 'channelDeleted'; readonly channel: ChannelId }
  | { readonly kind: 'channelIdChanged'; readonly channel: ChannelId; readonly newId: ChannelId }
  | {
      readonly kind: 'memberChanged';
      readonly channel: ChannelId;
      /** Null is the bot of the team, where the event does not say whose it is. */
      readonly user: SlackUserId | null;
      readonly isMember: boolean;
    };

/** What an event says of tokens: Slack names people and bots, never tokens. */
export type TokenChange =
  | { readonly kind: 'uninstalled' }
  | { readonly kind: 'revoked'; readonly users: readonly SlackUserId[]; readonly bots: readonly SlackUserId[] };

export type SlackChange = TokenChange | ChannelChange | { readonly kind: 'teamRenamed'; readonly name: string };

export interface SlackEvent {
  readonly eventId: string;
  readonly appId: string;
  readonly teamId: TeamId;
  /** In whole seconds, as Slack dates the envelope. */
  readonly eventTime: Date;
  /** To the microsecond, which a Date has no room for: many may come of one second, and in any order. */
  readonly occurredAt: string | null;
  readonly subject: string;
  readonly change: SlackChange;
}

export type EventBody =
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'event'; readonly event: SlackEvent }
  /** Nothing that we act on. */
  | { readonly kind: 'other'; readonly appId: string }
  | { readonly kind: 'malformed' };

const MAX_ID = 100;
const id = z.string().min(1).max(MAX_ID);
const channelId = id.transform((text) => text as ChannelId);
const userId = id.transform((text) => text as SlackUserId);
const name = z.string().min(1).max(1000).transform(madeStorable);
const named = z.object({ channel: z.object({ id: channelId, name }) });
const flag = z.boolean().catch(false);
const created = z.object({
  channel: named.shape.channel.extend({
    is_private: flag,
    is_shared: flag,
    is_ext_shared: flag,
    is_org_shared: flag,
    creator: userId.optional().catch(undefined),
  }),
});
const channelOnly = z.object({ channel: channelId });
const membership = z.object({ channel: channelId, user: userId });
const userIds = z
  .array(userId)
  .max(10_000)
  .nullish()
  .transform((ids) => ids ?? []);

const CHANGES: Readonly<Record<string, z.ZodType<SlackChange>>> = {
  app_uninstalled: z.object({}).transform(() => ({ kind: 'uninstalled' })),
  tokens_revoked: z
    .object({ tokens: z.object({ oauth: userIds, bot: userIds }) })
    .transform(({ tokens }) => ({ kind: 'revoked', users: tokens.oauth, bots: tokens.bot })),
  team_rename: z.object({ name }).transform((event) => ({ kind: 'teamRenamed', name: event.name })),
  channel_rename: named.transform(({ channel }) => ({
    kind: 'channelRenamed',
    channel: channel.id,
    name: channel.name,
  })),
  // Of a private one only who is in it is told, as of one that they are invited to.
  channel_created: created.transform(({ channel }) =>
    channel.is_private
      ? { kind: 'memberChanged', channel: channel.id, user: null, isMember: true }
      : {
          kind: 'channelCreated',
          channel: channel.id,
          name: channel.name,
          isShared: channel.is_shared || channel.is_ext_shared || channel.is_org_shared,
          creator: channel.creator,
        },
  ),
  channel_archive: channelOnly.transform(({ channel }) => ({ kind: 'channelArchived', channel, isArchived: true })),
  channel_unarchive: channelOnly.transform(({ channel }) => ({ kind: 'channelArchived', channel, isArchived: false })),
  channel_deleted: channelOnly.transform(({ channel }) => ({ kind: 'channelDeleted', channel })),
  channel_id_changed: z
    .object({ old_channel_id: channelId, new_channel_id: channelId })
    .transform((event) => ({ kind: 'channelIdChanged', channel: event.old_channel_id, newId: event.new_channel_id })),
  member_joined_channel: membership.transform((event) => ({ kind: 'memberChanged', ...event, isMember: true })),
  member_left_channel: membership.transform((event) => ({ kind: 'memberChanged', ...event, isMember: false })),
  // Slack tells those who stay that a member left, and whoever left this: it is about the principal that hears it.
  channel_left: channelOnly.transform(({ channel }) => ({
    kind: 'memberChanged',
    channel,
    user: null,
    isMember: false,
  })),
};

/** What Slack calls a private channel's events. */
const PRIVATE_NAMES: Readonly<Record<string, string>> = {
  group_rename: 'channel_rename',
  group_archive: 'channel_archive',
  group_unarchive: 'channel_unarchive',
  group_deleted: 'channel_deleted',
  group_left: 'channel_left',
};

const challengeBody = z.object({ type: z.literal('url_verification'), challenge: z.string().min(1).max(1000) });
const eventBody = z.object({
  type: z.literal('event_callback'),
  api_app_id: id,
  team_id: id.transform((text) => text as TeamId),
  event_id: id,
  event_time: z.number().int().min(0).max(100_000_000_000),
  event: z.looseObject({
    type: z.string().min(1).max(MAX_ID),
    event_ts: z.string().max(MAX_ID).optional().catch(undefined),
  }),
  authorizations: z.array(z.object({ user_id: userId })).catch([]),
});
/** app_rate_limited, events of whole organisations and whatever Slack adds: acknowledged, or it would come again. */
const otherBody = z.object({
  type: z.string().min(1),
  api_app_id: id,
  team_id: z.unknown(),
  event: z.looseObject({}).optional(),
});

/** Two about the same aspect of the same thing must not swap; those about tokens are told apart by `authorizedAt`. */
const subjectOf = (change: SlackChange, eventId: string): string => {
  switch (change.kind) {
    case 'uninstalled':
    case 'revoked':
      return `tokens/${eventId}`;
    case 'teamRenamed':
      return 'team/name';
    case 'channelRenamed':
    case 'channelCreated':
      return `${change.channel}/name`;
    case 'channelArchived':
      return `${change.channel}/archived`;
    case 'channelDeleted':
      return `${change.channel}/deleted`;
    case 'channelIdChanged':
      return `${change.channel}/id`;
    case 'memberChanged':
      return `${change.channel}/member/${change.user ?? 'bot'}`;
  }
};

const FAR_APART_SECONDS = 3600;

/** Of what Slack calls a `ts`: seconds, a dot and six digits; not where they are filled in for form's sake, as with zeros. */
const momentOf = (ts: string | undefined, eventSeconds: number): string | null => {
  const [, seconds, micros] = /^(\d{1,11})\.(\d{6})$/.exec(ts ?? '') ?? [];
  if (seconds === undefined || micros === undefined) return null;
  if (Math.abs(Number(seconds) - eventSeconds) > FAR_APART_SECONDS) return null;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', `.${micros}Z`);
};

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Takes what is needed out of a body whose signature is right, and nothing else. */
export const readEventBody = (bytes: Uint8Array): EventBody => {
  const body = parsed(bytes);
  const challenge = challengeBody.safeParse(body);
  if (challenge.success) return { kind: 'challenge', challenge: challenge.data.challenge };
  const other = otherBody.safeParse(body);
  if (!other.success) return { kind: 'malformed' };
  const { type, api_app_id: appId, team_id: teamId, event } = other.data;
  // A whole organisation is no team, and an app on one is never kept.
  if (type !== 'event_callback' || teamId === null) return { kind: 'other', appId };
  if (event === undefined) return { kind: 'malformed' };
  const schema = schemaOf(event['type']);
  return schema === undefined ? { kind: 'other', appId } : eventOf(body, schema);
};

const schemaOf = (type: unknown): z.ZodType<SlackChange> | undefined =>
  typeof type === 'string' ? CHANGES[PRIVATE_NAMES[type] ?? type] : undefined;

const eventOf = (body: unknown, schema: z.ZodType<SlackChange>): EventBody => {
  const callback = eventBody.safeParse(body);
  const read = schema.safeParse(callback.data?.event);
  if (!callback.success || !read.success) return { kind: 'malformed' };
  const { api_app_id: appId, team_id: teamId, event_id: eventId, event_time: eventSeconds, event } = callback.data;
  const eventTime = new Date(eventSeconds * 1000);
  const occurredAt = momentOf(event.event_ts, eventSeconds);
  const change = heardBy(read.data, callback.data.authorizations[0]?.user_id);
  const subject = subjectOf(change, eventId);
  return { kind: 'event', event: { eventId, appId, teamId, eventTime, occurredAt, subject, change } };
};

const heardBy = (change: SlackChange, hearer: SlackUserId | undefined): SlackChange =>
  change.kind === 'memberChanged' ? { ...change, user: change.user ?? hearer ?? null } : change;

/** What is left to be done of a change where something newer about the same thing has taken effect, or is about to. */
export const leftBy = (newer: SlackChange, change: SlackChange): SlackChange | undefined =>
  change.kind === 'channelCreated' && newer.kind === 'channelRenamed' ? { ...change, name: newer.name } : undefined;

/** A credential that an event about tokens names. */
export interface NamedCredential {
  /** When an install of it was completed last. */
  readonly authorizedAt: Date | null;
  readonly rotates: boolean;
}

/**
 * Does the event alone say that the grant has ended? One that is not newer than the latest install may be about the grant
 * before it. Of a grant that rotates, Slack also tells the end of one token, while the grant lives on.
 */
export const endsByItself = (change: TokenChange, eventTime: Date, named: NamedCredential): boolean => {
  if (named.authorizedAt !== null && eventTime <= named.authorizedAt) return false;
  return change.kind === 'uninstalled' || !named.rotates;
};

/** What the problem is called from then on, in Slack's words. */
export const problemCodeOf = ({ kind }: TokenChange): string =>
  kind === 'uninstalled' ? 'account_inactive' : 'token_revoked';

const LONGEST_DELAY_SECONDS = 600;
/** About an hour of tries; after that the periodic check of every credential finds out. */
export const MAX_EVENT_ATTEMPTS = 12;

export const retryDelaySeconds = (attempts: number): number => Math.min(2 ** attempts, LONGEST_DELAY_SECONDS);
