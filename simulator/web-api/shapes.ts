import type { Channel, Message, Person, Team } from '../model.ts';
import type { AppRegistration } from '../options.ts';

type Json = Record<string, unknown>;

/** With whom everything is shared that is; nobody here is of it. */
const OTHER_TEAM = 'T0PARTNER';

/** A conversation as `conversations.list` and `.info` show it. */
export function channelShape(channel: Channel, team: Team, viewer: string): Json {
  if (channel.kind === 'im') return directShape(channel, team, viewer);
  const topic = { value: channel.topic, creator: channel.topic === '' ? '' : channel.creator, last_set: 0 };
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind !== 'mpim',
    is_group: channel.kind === 'mpim',
    is_im: false,
    is_mpim: channel.kind === 'mpim',
    is_private: channel.isPrivate,
    created: channel.createdAt,
    creator: channel.creator,
    is_archived: channel.archived,
    is_general: channel.isGeneral,
    unlinked: 0,
    name_normalized: channel.name,
    is_shared: channel.shared,
    is_ext_shared: channel.shared,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: team.id,
    shared_team_ids: channel.shared ? [team.id, OTHER_TEAM] : [team.id],
    pending_connected_team_ids: [],
    updated: channel.updatedAtMs,
    parent_conversation: null,
    is_member: channel.members.has(viewer),
    ...(channel.readOnly ? { is_read_only: true } : {}),
    topic,
    purpose: { value: channel.purpose, creator: '', last_set: 0 },
    previous_names: channel.previousNames,
    num_members: memberCount(channel),
  };
}

export const memberCount = (channel: Channel): number => channel.members.size + channel.uncountedMembers;

function directShape(channel: Channel, team: Team, viewer: string): Json {
  const other = [...channel.members].find((member) => member !== viewer) ?? viewer;
  return {
    id: channel.id,
    created: channel.createdAt,
    is_im: true,
    is_org_shared: false,
    context_team_id: team.id,
    updated: channel.updatedAtMs,
    user: other,
    is_user_deleted: team.people.get(other)?.deleted ?? false,
    is_archived: false,
    priority: 0,
  };
}

export interface MessageView {
  readonly channel: Channel;
  readonly team: Team;
  readonly app: AppRegistration;
  readonly allMetadata: boolean;
}

/** A message as `chat.*` and `conversations.history` show it. */
export function messageShape(message: Message, view: MessageView): Json {
  const shape: Json = { user: message.user, type: 'message', ts: message.ts };
  if (message.botId !== null) addBot(shape, message, view);
  shape['text'] = message.text;
  shape['team'] = view.team.id;
  if (message.blocks !== null) shape['blocks'] = message.blocks;
  if (message.attachments !== null) shape['attachments'] = message.attachments;
  if (message.metadata !== null) {
    shape['metadata'] = view.allMetadata ? message.metadata : { event_type: message.metadata.event_type };
  }
  if (message.editedTs !== null) shape['edited'] = { user: message.botId ?? message.user, ts: message.editedTs };
  addThread(shape, message, view.channel);
  return shape;
}

function addBot(shape: Json, message: Message, { app, team }: MessageView): void {
  shape['bot_id'] = message.botId;
  shape['app_id'] = app.appId;
  shape['bot_profile'] = {
    id: message.botId,
    deleted: false,
    name: app.name,
    updated: 1_709_539_200,
    app_id: app.appId,
    user_id: team.botUserId,
    icons: {},
    team_id: team.id,
  };
  if (message.username !== null) Object.assign(shape, { subtype: 'bot_message', username: message.username });
  if (message.iconEmoji !== null) shape['icons'] = { emoji: message.iconEmoji };
}

function addThread(shape: Json, message: Message, channel: Channel): void {
  if (message.threadTs !== null) {
    shape['thread_ts'] = message.threadTs;
    const parent = channel.byTs.get(message.threadTs);
    if (parent !== undefined) shape['parent_user_id'] = parent.user;
    if (message.broadcast) shape['subtype'] = 'thread_broadcast';
    return;
  }
  const replies = channel.threads.get(message.ts);
  if (replies === undefined || replies.length === 0) return;
  const users = [...new Set(replies.map((reply) => reply.user))];
  Object.assign(shape, {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users.slice(0, 5),
    is_locked: false,
    subscribed: false,
  });
}

export function personShape(person: Person, team: Team): Json {
  const profile = {
    real_name: person.realName,
    display_name: person.handle,
    real_name_normalized: person.realName,
    display_name_normalized: person.handle,
    title: person.title,
    status_text: '',
    status_emoji: '',
    team: team.id,
  };
  const facts: Json = { id: person.id, team_id: team.id, name: person.handle, deleted: person.deleted };
  if (person.deleted) return { ...facts, profile, is_bot: person.isBot, is_app_user: false, updated: 1_709_539_200 };
  return {
    ...facts,
    color: '4bbe2e',
    real_name: person.realName,
    tz: person.timezone,
    tz_label: person.timezone,
    tz_offset: 3_600,
    profile,
    is_admin: person.isAdmin,
    is_owner: person.isAdmin,
    is_primary_owner: person.isAdmin,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: person.isBot,
    is_app_user: false,
    updated: 1_709_539_200,
    is_email_confirmed: true,
    who_can_share_contact_card: 'EVERYONE',
  };
}
