import { readFileSync } from 'node:fs';
import { expectNoSecret } from './canary.ts';
import { freePort, startServer, type Program } from './processes.ts';
import type { World } from './world.ts';

export type MemberRole = 'api' | 'delivery' | 'all';

/** One process of a fleet: it keeps its port and its role over every death. */
export class Member {
  #program: Program | undefined;
  #starting: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly world: World,
    readonly role: MemberRole,
    private readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get takesRequests(): boolean {
    return this.role !== 'delivery';
  }

  get lines(): readonly string[] {
    return this.#program?.lines ?? [];
  }

  /** Resolves when it is ready; `env` on top of its own, for this life only. */
  start(env: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const settings = { ...this.world.env, ...this.env, PORT: `${this.port}`, HELIOGRAPH_ROLE: this.role, ...env };
    this.#starting = startServer(settings).then((program) => {
      this.#program = program;
    });
    return this.#starting;
  }

  signal(signal: NodeJS.Signals): void {
    this.#program?.kill(signal);
  }

  /** Whether it is frozen, by SIGSTOP. */
  isStopped(): boolean {
    const stat = readFileSync(`/proc/${this.#program?.child.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
  }

  exited(): Promise<number | NodeJS.Signals | undefined> {
    return this.#program?.exited() ?? Promise.resolve(undefined);
  }

  /** kill -9, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.#starting;
    this.signal('SIGKILL');
    await this.exited();
  }

  /** Asks it to stop; answers with how it ended. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    await this.#starting.catch(() => undefined);
    // One that is frozen would hear of nothing.
    this.signal('SIGCONT');
    return this.#program?.stop();
  }
}

/** Processes of given roles on one database and one simulated Slack; killed and started again as a test likes. */
export class Fleet {
  private constructor(
    private readonly world: World,
    readonly members: Member[],
  ) {}

  static async start(
    world: World,
    roles: readonly MemberRole[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Fleet> {
    const fleet = new Fleet(world, []);
    for (const role of roles) await fleet.add(role, env);
    const first = fleet.members.find((member) => member.takesRequests);
    if (first) world.urls.push(first.url);
    return fleet;
  }

  async add(role: MemberRole, env: Readonly<Record<string, string>> = {}): Promise<Member> {
    const member = new Member(this.world, role, await freePort(), env);
    this.members.push(member);
    await member.start();
    return member;
  }

  async stop(): Promise<void> {
    await Promise.all(this.members.map((member) => member.stop()));
    for (const { role, lines } of this.members)
      expectNoSecret(`the log of a process of role ${role}`, lines.join('\n'));
  }
}
