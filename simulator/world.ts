import {
  Channel,
  type ChannelPatch,
  type Message,
  type MessageEdit,
  type NewChannel,
  type NewTeam,
  type PostedBy,
  type Team,
  type WorldChange,
} from './model.ts';
import { stableId } from './random.ts';
import { buildTeam } from './seed/build.ts';
import { loadTeamPlan, teamPlans } from './seed/teams.ts';

type Listener = (change: WorldChange) => void;

/** The teams and everything in them. Every change goes through here, is told to the listener, and can be replayed. */
export class World {
  readonly teams = new Map<string, Team>();
  readonly channels = new Map<string, Channel>();
  readonly #appName: string;
  readonly #keepMessages: () => number;
  #listener: Listener = () => {};
  #lastMicros = 0;
  #version = 0;

  constructor(appName: string, keepMessages: () => number) {
    this.#appName = appName;
    this.#keepMessages = keepMessages;
    this.reset();
  }

  onChange(listener: Listener): void {
    this.#listener = listener;
  }

  /** Rises with every change of anything; the pages poll it. */
  get version(): number {
    return this.#version;
  }

  /** Back to the seed. */
  reset(): void {
    this.#version += 1;
    this.teams.clear();
    this.channels.clear();
    for (const plan of teamPlans) this.#add(buildTeam(plan, this.#appName));
  }

  addTeam(fresh: NewTeam): Team {
    const team = buildTeam(loadTeamPlan(fresh.id, fresh.name, fresh.channels), this.#appName);
    this.#add(team);
    this.#changed({ op: 'team', team: fresh });
    return team;
  }

  /** Unique and rising over the whole world; a string, never a float. */
  nextTs(nowMs: number): string {
    this.#lastMicros = Math.max(nowMs * 1000, this.#lastMicros + 1);
    const seconds = Math.floor(this.#lastMicros / 1_000_000);
    return `${seconds}.${String(this.#lastMicros % 1_000_000).padStart(6, '0')}`;
  }

  post(channel: Channel, message: Message, by: PostedBy, at: number, appliedAt: number): void {
    if (message.threadTs === null || message.broadcast) this.#pushTopLevel(channel, message);
    if (message.threadTs !== null) {
      const replies = channel.threads.get(message.threadTs);
      if (replies === undefined) channel.threads.set(message.threadTs, [message]);
      else replies.push(message);
    }
    channel.byTs.set(message.ts, message);
    this.#changed({ op: 'post', channel: channel.id, message, by, at, appliedAt });
  }

  edit(channel: Channel, message: Message, edit: MessageEdit): void {
    Object.assign(message, edit);
    this.#changed({ op: 'edit', channel: channel.id, ts: message.ts, edit });
  }

  delete(channel: Channel, ts: string): void {
    const message = channel.byTs.get(ts);
    if (message === undefined) return;
    channel.byTs.delete(ts);
    channel.messages = channel.messages.filter((other) => other !== message);
    if (message.threadTs !== null) {
      const replies = channel.threads.get(message.threadTs)?.filter((other) => other !== message) ?? [];
      if (replies.length === 0) channel.threads.delete(message.threadTs);
      else channel.threads.set(message.threadTs, replies);
    }
    this.#changed({ op: 'delete', channel: channel.id, ts });
  }

  setMember(channel: Channel, user: string, member: boolean): void {
    if (channel.members.has(user) === member) return;
    if (member) channel.members.add(user);
    else channel.members.delete(user);
    this.#changed({ op: 'member', channel: channel.id, user, member });
  }

  create(fresh: NewChannel): Channel {
    const team = this.teams.get(fresh.teamId);
    if (team === undefined) throw new Error(`No team ${fresh.teamId}`);
    const channel = new Channel(fresh);
    team.channels.push(channel);
    team.channels.sort((a, b) => (a.id < b.id ? -1 : 1));
    this.channels.set(channel.id, channel);
    this.#changed({ op: 'create', channel: fresh });
    return channel;
  }

  /** The conversation of exactly these people: made when it is not there yet. */
  openDirect(team: Team, users: readonly string[], nowMs: number): Channel {
    const wanted = [...new Set(users)].sort();
    const same = team.channels.find(
      ({ kind, members }) =>
        (kind === 'im' || kind === 'mpim') &&
        members.size === wanted.length &&
        wanted.every((user) => members.has(user)),
    );
    if (same !== undefined) return same;
    const kind = wanted.length > 2 ? 'mpim' : 'im';
    const handles = wanted.map((user) => team.people.get(user)?.handle ?? user);
    return this.create({
      id: stableId(kind === 'im' ? 'D' : 'G', [team.id, ...wanted]),
      teamId: team.id,
      kind,
      name: kind === 'im' ? handles.join('-') : `mpdm-${handles.join('--')}-1`,
      creator: users[0] ?? team.botUserId,
      createdAt: Math.floor(nowMs / 1000),
      members: wanted,
    });
  }

  patch(channel: Channel, patch: ChannelPatch): void {
    if (patch.name !== undefined && patch.name !== channel.name) channel.previousNames.unshift(channel.name);
    for (const [key, value] of Object.entries(patch) as [string, unknown][])
      if (value !== undefined) Object.assign(channel, { [key]: value });
    this.#changed({ op: 'patch', channel: channel.id, patch });
  }

  remove(channel: Channel): void {
    const team = this.teams.get(channel.teamId);
    const index = team?.channels.indexOf(channel) ?? -1;
    if (index >= 0) team?.channels.splice(index, 1);
    this.channels.delete(channel.id);
    this.#changed({ op: 'remove', channel: channel.id });
  }

  /** Joins or leaves everything that the app's bot joins by itself when it is installed or removed. */
  setBotInstalled(team: Team, installed: boolean): void {
    for (const channel of team.channels) {
      if (installed ? channel.botJoins : channel.kind !== 'im') this.setMember(channel, team.botUserId, installed);
    }
  }

  replay(change: WorldChange): void {
    if (change.op === 'team') {
      this.addTeam(change.team);
      return;
    }
    if (change.op === 'create') {
      if (!this.channels.has(change.channel.id)) this.create(change.channel);
      return;
    }
    const channel = this.channels.get(change.channel);
    if (channel === undefined) return;
    if (change.op === 'post') this.#replayPost(channel, change);
    else if (change.op === 'delete') this.delete(channel, change.ts);
    else if (change.op === 'member') this.setMember(channel, change.user, change.member);
    else if (change.op === 'patch') this.patch(channel, change.patch);
    else if (change.op === 'remove') this.remove(channel);
    else {
      const message = channel.byTs.get(change.ts);
      if (message !== undefined) this.edit(channel, message, change.edit);
    }
  }

  #add(team: Team): void {
    this.teams.set(team.id, team);
    for (const channel of team.channels) this.channels.set(channel.id, channel);
  }

  #changed(change: WorldChange): void {
    this.#version += 1;
    this.#listener(change);
  }

  #replayPost(channel: Channel, change: Extract<WorldChange, { op: 'post' }>): void {
    this.#lastMicros = Math.max(this.#lastMicros, Number(change.message.ts.replace('.', '')));
    this.post(channel, change.message, change.by, change.at, change.appliedAt);
  }

  #pushTopLevel(channel: Channel, message: Message): void {
    channel.messages.push(message);
    const keep = this.#keepMessages();
    // In slices, so that a full channel does not shift its array on every post.
    if (channel.messages.length < keep + Math.max(100, keep / 10)) return;
    for (const old of channel.messages.splice(0, channel.messages.length - keep)) {
      channel.byTs.delete(old.ts);
      for (const reply of channel.threads.get(old.ts) ?? []) channel.byTs.delete(reply.ts);
      channel.threads.delete(old.ts);
    }
  }
}
