import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';
import type { Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { CallBudgets } from './call-budget.repository.ts';
import type { SyncFollower } from './directory-sync.worker.ts';
import type { SyncLease } from './directory.repository.ts';
import type { PeopleRepository } from './people.repository.ts';

/** A name is not worth more waiting than this; the next sync asks for what is left. */
const MAX_WAIT_SECONDS = 120;

/** After a sync: whom direct messages are with, one by one, within Slack's limits. Until then their ids stand there. */
export class PeopleNames implements SyncFollower, Stoppable {
  readonly #waiting: SyncLease[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(
    private readonly people: PeopleRepository,
    private readonly budgets: CallBudgets,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly logger: Logger,
  ) {}

  synced(lease: SyncLease): void {
    this.#waiting.push(lease);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let lease = this.#waiting.shift(); lease && !this.#stopped; lease = this.#waiting.shift()) {
      await this.#name(lease).catch((error: unknown) => {
        this.logger.warn({ err: error }, 'names of direct messages could not be read; the next sync tries again');
      });
    }
  }

  async #name({ credentialId, teamId }: SyncLease): Promise<void> {
    const unnamed = await this.people.unnamed(credentialId, teamId);
    const reader = unnamed.length > 0 ? await this.people.readerFor(credentialId) : undefined;
    if (!reader) return;
    for (const person of unnamed) if (this.#stopped || !(await this.#read(reader, teamId, person))) return;
  }

  /** False where asking on makes no sense now. */
  async #read(reader: CredentialId, teamId: TeamId, person: SlackUserId): Promise<boolean> {
    for (let wait = await this.#take(teamId); wait > 0; wait = await this.#take(teamId)) {
      if (wait > MAX_WAIT_SECONDS || this.#stopped) return false;
      await this.#pause(wait);
    }
    const answer = await this.tokens.call(reader, (token) => this.slack.userInfo(token, person));
    if (answer.kind === 'rateLimited') await this.budgets.hold(teamId, 'users.info', answer.retryAfterSeconds);
    if (answer.kind === 'ok') await this.people.store(teamId, person, answer.value.name);
    const isUnknown = answer.kind === 'refused' && answer.error.startsWith('user_');
    if (isUnknown) await this.people.store(teamId, person, null);
    return answer.kind === 'ok' || isUnknown;
  }

  #take(teamId: TeamId): Promise<number> {
    return this.budgets.take(teamId, 'users.info');
  }

  async #pause(seconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, seconds * 1000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
