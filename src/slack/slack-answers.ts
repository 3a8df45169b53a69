import { z } from 'zod';
import type { ChannelId, SlackUserId, TeamId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import { madeStorable } from '../platform/text.ts';
import { splitScopes, type AnswerBody } from './exchange.policy.ts';
import type {
  AuthTest,
  BotGrant,
  ChannelKind,
  Conversation,
  ConversationPage,
  HistoryPage,
  OAuthGrant,
  RefreshedGrant,
  SlackUser,
  UnnamedGrant,
  UserGrant,
} from './gateway.ts';

/**
 * Reads the body of an `ok: true`, and where it matters when it was given by Slack's clock. Undefined: Slack left out what
 * the method promises, so nothing of it is used.
 */
export type Read<T> = (body: AnswerBody, answeredAt?: Date) => T | undefined;

const reader =
  <S extends z.ZodType, T>(schema: S, make: (value: z.output<S>, answeredAt?: Date) => T | undefined): Read<T> =>
  (body, answeredAt) => {
    const parsed = schema.safeParse(body);
    return parsed.success ? make(parsed.data, answeredAt) : undefined;
  };

const id = z.string().min(1).max(100);
const teamId = id.transform((value) => value as TeamId);
const slackUserId = id.transform((value) => value as SlackUserId);
const channelId = id.transform((value) => value as ChannelId);
/** What may stand in an HTTP header; anything else is no token. */
const secret = z
  .string()
  .regex(/^[\x21-\x7e]{1,2000}$/)
  .transform((value) => new Secret(value));
/** Slack sends null, an empty string or nothing where it has no value. A name that was cut may end in half an emoji. */
const text = z
  .string()
  .nullish()
  .transform((value) => (value ? madeStorable(value) : undefined));
const flag = z
  .boolean()
  .nullish()
  .transform((value) => value === true);
const scopes = z
  .string()
  .nullish()
  .transform((value) => splitScopes(value ?? ''));
const count = z.number().int().nonnegative().optional().catch(undefined);

/** Slack sends null, an empty string or nothing where it has no value. */
const absent = (value: unknown): unknown => (value === null || value === '' ? undefined : value);
const optional = <S extends z.ZodType>(schema: S) => z.preprocess(absent, schema.optional());

/** In seconds; one that no database could count is no lifetime. */
const lifetime = z.number().positive().max(1e9);

const tokenFields = {
  access_token: optional(secret),
  refresh_token: optional(secret),
  expires_in: optional(lifetime),
  scope: scopes,
};

const grantSchema = z.object({
  ...tokenFields,
  token_type: optional(z.string()),
  bot_user_id: optional(slackUserId),
  app_id: id,
  team: z
    .object({ id: teamId, name: text })
    .nullish()
    .transform((team) => team ?? null),
  enterprise: z.object({ id, name: text }).nullish(),
  is_enterprise_install: flag,
  authed_user: z.object({ id: slackUserId, ...tokenFields }),
});
type Grant = z.output<typeof grantSchema>;

const rotation = (from: { refresh_token?: Secret | undefined; expires_in?: number | undefined }) => ({
  ...(from.refresh_token === undefined ? {} : { refreshToken: from.refresh_token }),
  ...(from.expires_in === undefined ? {} : { expiresInSeconds: from.expires_in }),
});

/** A token at the top that is not a bot's, or whose bot is not named, is nothing that we asked for; but it lives. */
const topOf = (grant: Grant): { bot?: BotGrant; unnamed?: UnnamedGrant } => {
  if (grant.access_token === undefined) return {};
  const tokens = { token: grant.access_token, scopes: grant.scope, ...rotation(grant) };
  if (grant.token_type !== 'bot' || grant.bot_user_id === undefined) return { unnamed: tokens };
  return { bot: { ...tokens, userId: grant.bot_user_id } };
};

const userOf = ({ authed_user: user }: Grant): UserGrant => ({
  id: user.id,
  scopes: user.scope,
  ...(user.access_token === undefined ? {} : { token: user.access_token }),
  ...rotation(user),
});

/** An incoming webhook that Slack sends along is not read: it never leaves this function. */
const grantOf = (grant: Grant): OAuthGrant => ({
  appId: grant.app_id,
  team: grant.team,
  enterprise: grant.enterprise ?? null,
  isEnterpriseInstall: grant.is_enterprise_install,
  ...topOf(grant),
  user: userOf(grant),
});
export const readGrant: Read<OAuthGrant> = reader(grantSchema, grantOf);

/** Flat, unlike the answer to a code: a bot is named by `bot_user_id`, a person by `user_id`, or nobody is. */
export const readRefreshedGrant: Read<RefreshedGrant> = reader(
  z.object({
    access_token: secret,
    refresh_token: secret,
    expires_in: lifetime,
    scope: scopes,
    token_type: z.enum(['bot', 'user']),
    bot_user_id: optional(slackUserId),
    user_id: optional(slackUserId),
    app_id: id,
    team: z.object({ id: teamId }).nullish(),
    enterprise: z.object({ id: teamId }).nullish(),
  }),
  (answer) => {
    const isBot = answer.token_type === 'bot';
    const place = (answer.team ?? answer.enterprise)?.id;
    if (place === undefined) return undefined;
    return {
      appId: answer.app_id,
      teamId: place,
      userId: isBot ? answer.bot_user_id : answer.user_id,
      isBot,
      token: answer.access_token,
      refreshToken: answer.refresh_token,
      expiresInSeconds: answer.expires_in,
      scopes: answer.scope,
    };
  },
);

export const readAuthTest: Read<AuthTest> = reader(
  z.object({
    team_id: teamId,
    team: text,
    url: text,
    user_id: slackUserId,
    bot_id: text,
    app_id: text,
    is_enterprise_install: flag,
  }),
  (answer) => ({
    teamId: answer.team_id,
    teamName: answer.team,
    url: answer.url,
    userId: answer.user_id,
    botId: answer.bot_id,
    appId: answer.app_id,
    isEnterpriseInstall: answer.is_enterprise_install,
  }),
);

const MARKER = z.object({
  event_type: z.literal('heliograph_delivery'),
  event_payload: z.object({ delivery_id: z.string().min(1).max(100) }),
});

/** A page that says there is more and not where cannot be gone on from: it must not pass for the last one. */
export const readHistory: Read<HistoryPage> = reader(
  z.object({
    messages: z.array(z.object({ ts: z.string().min(1), thread_ts: text, metadata: z.unknown().optional() })),
    has_more: flag,
    response_metadata: z.object({ next_cursor: text }).nullish(),
  }),
  ({ messages, has_more: hasMore, response_metadata: next }, answeredAt) => {
    const nextCursor = next?.next_cursor;
    if (hasMore && nextCursor === undefined) return undefined;
    return {
      answeredAt,
      messages: messages.map(({ ts, thread_ts: threadTs, metadata }) => {
        const marker = MARKER.safeParse(metadata);
        return { ts, threadTs, deliveryId: marker.success ? marker.data.event_payload.delivery_id : undefined };
      }),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
  },
);

export const readRevoked: Read<{ revoked: boolean }> = reader(z.object({ revoked: z.boolean() }), ({ revoked }) => ({
  revoked,
}));

export const readUser: Read<SlackUser> = reader(
  z.object({
    user: z.object({
      id: slackUserId,
      team_id: teamId.optional(),
      name: text,
      real_name: text,
      is_bot: flag,
      deleted: flag,
      profile: z.object({ display_name: text, real_name: text }).optional(),
    }),
  }),
  ({ user }) => ({
    id: user.id,
    teamId: user.team_id,
    name: user.profile?.display_name ?? user.profile?.real_name ?? user.real_name ?? user.name ?? user.id,
    isBot: user.is_bot,
    isDeactivated: user.deleted,
  }),
);

const conversationSchema = z.object({
  id: channelId,
  name: text,
  user: text,
  is_im: flag,
  is_mpim: flag,
  is_private: flag,
  is_archived: flag,
  is_member: flag,
  is_shared: flag,
  is_ext_shared: flag,
  is_org_shared: flag,
  is_read_only: flag,
  is_thread_only: z.boolean().optional().catch(undefined),
  num_members: count,
  topic: z.object({ value: text }).optional().catch(undefined),
});
type SlackConversation = z.output<typeof conversationSchema>;

/** Slack's flags say what a conversation is; the first letter of its id does not, since private ones may begin with C. */
const kindOf = (conversation: SlackConversation): ChannelKind => {
  if (conversation.is_im) return 'DM';
  if (conversation.is_mpim) return 'GROUP_DM';
  return conversation.is_private ? 'PRIVATE' : 'PUBLIC';
};

const conversationOf = (conversation: SlackConversation): Conversation => ({
  id: conversation.id,
  name: conversation.name ?? conversation.user ?? conversation.id,
  type: kindOf(conversation),
  isArchived: conversation.is_archived,
  // Slack lists a DM only to its two members and then leaves the flag out.
  isMember: conversation.is_member || conversation.is_im,
  isShared: conversation.is_shared || conversation.is_ext_shared || conversation.is_org_shared,
  isReadOnly: conversation.is_read_only,
  ...(conversation.is_thread_only === undefined ? {} : { isThreadOnly: conversation.is_thread_only }),
  ...(conversation.num_members === undefined ? {} : { memberCount: conversation.num_members }),
  ...(conversation.topic?.value === undefined ? {} : { topic: conversation.topic.value }),
});

/** Asked about one, Slack says of every restriction that there is one. */
export const readConversation: Read<Conversation> = reader(
  z.object({ channel: conversationSchema }),
  ({ channel }) => ({ isThreadOnly: false, ...conversationOf(channel) }),
);

export const readConversationPage: Read<ConversationPage> = reader(
  z.object({
    channels: z.array(conversationSchema),
    response_metadata: z.object({ next_cursor: text }).optional(),
  }),
  ({ channels, response_metadata: metadata }) => ({
    conversations: channels.map(conversationOf),
    ...(metadata?.next_cursor === undefined ? {} : { nextCursor: metadata.next_cursor }),
  }),
);

export const readPermalink: Read<string> = reader(
  z.object({ permalink: z.url({ protocol: /^https?$/ }) }),
  ({ permalink }) => permalink,
);
