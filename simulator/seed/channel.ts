import type { Channel, ChannelKind, Message } from '../model.ts';

/** What a new channel is; all else has a default. */
export interface ChannelFacts {
  readonly id: string;
  readonly teamId: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly creator: string;
  readonly createdAt: number;
  readonly members: readonly string[];
  readonly isGeneral?: boolean;
  readonly botJoins?: boolean | undefined;
  readonly uncountedMembers?: number | undefined;
  readonly archived?: boolean | undefined;
  readonly readOnly?: boolean | undefined;
  readonly threadOnly?: boolean | undefined;
  readonly topic?: string | undefined;
  readonly purpose?: string | undefined;
}

/** Its sets and maps are made when somebody asks for them: a large team has thousands in which nothing is ever said. */
export class BuiltChannel implements Channel {
  readonly id: string;
  readonly teamId: string;
  readonly kind: ChannelKind;
  readonly createdAt: number;
  readonly creator: string;
  readonly isGeneral: boolean;
  readonly botJoins: boolean;
  readonly uncountedMembers: number;
  name: string;
  isPrivate: boolean;
  archived: boolean;
  readOnly: boolean;
  threadOnly: boolean;
  topic: string;
  purpose: string;
  previousNames: string[] = [];
  updatedAtMs: number;
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
    this.isPrivate = facts.kind !== 'public';
    this.archived = facts.archived ?? false;
    this.readOnly = facts.readOnly ?? false;
    this.threadOnly = facts.threadOnly ?? false;
    this.topic = facts.topic ?? '';
    this.purpose = facts.purpose ?? '';
    this.updatedAtMs = facts.createdAt * 1000;
    this.#founders = facts.members;
  }

  get members(): Set<string> {
    return (this.#members ??= new Set(this.#founders));
  }

  get threads(): Map<string, Message[]> {
    return (this.#threads ??= new Map());
  }

  get byTs(): Map<string, Message> {
    return (this.#byTs ??= new Map());
  }
}
