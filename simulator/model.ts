/** What exists in a Slack: teams, people, conversations, messages. Plain data; world.ts changes it. */

export type ChannelKind = 'public' | 'private' | 'mpim' | 'im';

export interface Enterprise {
  readonly id: string;
  readonly name: string;
}

export interface Person {
  readonly id: string;
  readonly teamId: string;
  readonly handle: string;
  readonly realName: string;
  readonly title: string;
  readonly isAdmin: boolean;
  readonly isBot: boolean;
  readonly timezone: string;
  deleted: boolean;
}

export interface Message {
  readonly ts: string;
  readonly user: string;
  /** Set for messages of a bot token only. */
  readonly botId: string | null;
  text: string;
  blocks: readonly Record<string, unknown>[] | null;
  attachments: readonly Record<string, unknown>[] | null;
  metadata: MessageMetadata | null;
  readonly threadTs: string | null;
  readonly broadcast: boolean;
  readonly username: string | null;
  readonly iconEmoji: string | null;
  editedTs: string | null;
}

export interface MessageMetadata {
  event_type: string;
  event_payload: Record<string, unknown>;
}

export interface Channel {
  readonly id: string;
  readonly teamId: string;
  readonly kind: ChannelKind;
  readonly createdAt: number;
  readonly creator: string;
  readonly isGeneral: boolean;
  /** The app's bot is a member as soon as it is installed. */
  readonly botJoins: boolean;
  /** People who are counted but have no record of their own (keeps a team of thousands small). */
  readonly uncountedMembers: number;
  name: string;
  isPrivate: boolean;
  archived: boolean;
  readOnly: boolean;
  threadOnly: boolean;
  topic: string;
  purpose: string;
  previousNames: string[];
  updatedAtMs: number;
  members: Set<string>;
  /** Top-level and broadcast messages, oldest first. */
  messages: Message[];
  /** Replies by their parent's ts, oldest first. */
  threads: Map<string, Message[]>;
  byTs: Map<string, Message>;
}

export interface Team {
  readonly id: string;
  readonly name: string;
  readonly domain: string;
  readonly enterprise: Enterprise | null;
  readonly botUserId: string;
  readonly botId: string;
  readonly people: Map<string, Person>;
  /** Sorted by id: the order of every listing. */
  readonly channels: Channel[];
}

/** One change of the world; the journal stores these and a restart replays them over the seed. */
export type WorldChange =
  | { op: 'team'; team: NewTeam }
  | { op: 'post'; channel: string; message: Message; by: PostedBy; at: number; appliedAt: number }
  | { op: 'edit'; channel: string; ts: string; edit: MessageEdit }
  | { op: 'delete'; channel: string; ts: string }
  | { op: 'member'; channel: string; user: string; member: boolean }
  | { op: 'create'; channel: NewChannel }
  | { op: 'patch'; channel: string; patch: ChannelPatch }
  | { op: 'remove'; channel: string };

export interface PostedBy {
  /** 'person': typed in Slack by a person, without the app. */
  readonly kind: 'bot' | 'user' | 'person';
  readonly clientMsgId: string | null;
}

export interface MessageEdit {
  text: string;
  blocks: readonly Record<string, unknown>[] | null;
  attachments: readonly Record<string, unknown>[] | null;
  metadata: MessageMetadata | null;
  editedTs: string;
}

/** A team of nobody in particular, for load: three people and as many public channels as wanted. */
export interface NewTeam {
  id: string;
  name: string;
  channels: number;
}

export interface NewChannel {
  id: string;
  teamId: string;
  kind: ChannelKind;
  name: string;
  creator: string;
  createdAt: number;
  members: readonly string[];
}

export interface ChannelPatch {
  name?: string | undefined;
  archived?: boolean | undefined;
  readOnly?: boolean | undefined;
  threadOnly?: boolean | undefined;
  isPrivate?: boolean | undefined;
  topic?: string | undefined;
}
