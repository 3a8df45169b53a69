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

/** What a new channel is; all else has a default. */
export type ChannelFacts = Pick<Channel, 'id' | 'teamId' | 'kind' | 'name' | 'creator' | 'createdAt'> &
  Partial<
    Pick<
      Channel,
      | 'isGeneral'
      | 'botJoins'
      | 'uncountedMembers'
      | 'archived'
      | 'readOnly'
      | 'threadOnly'
      | 'shared'
      | 'topic'
      | 'purpose'
    >
  > & { readonly members: readonly string[] };

/** Its sets and maps are made when somebody asks for them: a large team has thousands in which nothing is ever said. */
export class Channel {
  readonly id: string;
  readonly teamId: string;
  kind: ChannelKind;
  readonly createdAt: number;
  readonly creator: string;
  readonly isGeneral: boolean;
  /** The app's bot is a member as soon as it is installed. */
  readonly botJoins: boolean;
  /** People who are counted but have no record of their own (keeps a team of thousands small). */
  readonly uncountedMembers: number;
  name: string;
  archived: boolean;
  readOnly: boolean;
  threadOnly: boolean;
  /** With another organisation, by Slack Connect. */
  shared: boolean;
  topic: string;
  purpose: string;
  previousNames: string[] = [];
  updatedAtMs: number;
  /** Top-level and broadcast messages, oldest first. */
  messages: Message[] = [];
  readonly #founders: readonly string[];
  #members: Set<string> | undefined;
  #threads: Map<string, Message[]> | undefined;
  #byTs: Map<string, Message> | undefined;

  constructor(facts: ChannelFacts) {
    this.id = facts.id;
    this.teamId = facts.teamId;
    this.kind = facts.kind;
    this.createdAt = facts.createdAt;
    this.creator = facts.creator;
    this.isGeneral = facts.isGeneral ?? false;
    this.botJoins = facts.botJoins ?? false;
    this.uncountedMembers = facts.uncountedMembers ?? 0;
    this.name = facts.name;
    this.archived = facts.archived ?? false;
    this.readOnly = facts.readOnly ?? false;
    this.threadOnly = facts.threadOnly ?? false;
    this.shared = facts.shared ?? false;
    this.topic = facts.topic ?? '';
    this.purpose = facts.purpose ?? '';
    this.updatedAtMs = facts.createdAt * 1000;
    this.#founders = facts.members;
  }

  get isPrivate(): boolean {
    return this.kind !== 'public';
  }

  /** Of a channel: what people say to each other directly stays what it is. */
  set isPrivate(isPrivate: boolean) {
    this.kind = isPrivate ? 'private' : 'public';
  }

  get members(): Set<string> {
    return (this.#members ??= new Set(this.#founders));
  }

  /** Replies by their parent's ts, oldest first. */
  get threads(): Map<string, Message[]> {
    return (this.#threads ??= new Map());
  }

  get byTs(): Map<string, Message> {
    return (this.#byTs ??= new Map());
  }
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
  shared?: boolean | undefined;
  isPrivate?: boolean | undefined;
  topic?: string | undefined;
}
