import type { LedgerEntry, RequestEntry } from '../../simulator/ledger.ts';

export interface FaultScript {
  readonly match: { method: string; team?: string; channel?: string; tokenKind?: string; textIncludes?: string };
  readonly fault: { type: string } & Record<string, unknown>;
  readonly times?: number;
  readonly probability?: number;
}

/** What happens in the simulated Slack, and what it is made to do. */
export class SlackControl {
  constructor(readonly url: string) {}

  async fault(script: FaultScript): Promise<void> {
    await this.#call('POST', 'faults', script);
  }

  async clearFaults(): Promise<void> {
    await this.#call('DELETE', 'faults');
  }

  async config(config: Record<string, unknown>): Promise<void> {
    await this.#call('POST', 'config', config);
  }

  /** Moves the clock by which tokens and codes expire. */
  async advance(hours: number): Promise<void> {
    await this.#call('POST', 'advance', { ms: hours * 3_600_000 });
  }

  /** Typed by a person in Slack; not in the ledger. */
  async message(message: { team: string; channel: string; user: string; text: string }): Promise<void> {
    await this.#call('POST', 'message', message);
  }

  /** A person of a team, whoever it is. */
  async somebodyOf(team: string): Promise<string> {
    const { teams } = await this.#call<{ teams: { id: string; users: { id: string; is_bot: boolean }[] }[] }>(
      'GET',
      'teams',
    );
    const person = teams.find(({ id }) => id === team)?.users.find(({ is_bot: isBot }) => !isBot);
    if (person === undefined) throw new Error(`Team ${team} has nobody in it.`);
    return person.id;
  }

  async revoke(grant: { team: string; user?: string; kind?: string; error?: string }): Promise<void> {
    await this.#call('POST', 'revoke', grant);
  }

  /** A team of its own with so many public channels; answers with their ids. */
  async addTeam(id: string, channels: number): Promise<string[]> {
    return (await this.#call<{ channels: string[] }>('POST', 'team', { id, channels })).channels;
  }

  /** Changes a channel, or makes one where `channel` is left out; answers with its id. */
  async channel(channel: {
    team: string;
    channel?: string;
    name?: string;
    private?: boolean;
    archived?: boolean;
    deleted?: boolean;
    topic?: string;
  }): Promise<string> {
    const answer = await this.#call<{ channel: { id: string } | string }>('POST', 'channel', channel);
    return typeof answer.channel === 'string' ? answer.channel : answer.channel.id;
  }

  async membership(membership: { team: string; channel: string; user: string; member: boolean }): Promise<void> {
    await this.#call('POST', 'membership', membership);
  }

  async ledger(): Promise<LedgerEntry[]> {
    return (await this.#call<{ entries: LedgerEntry[] }>('GET', 'ledger')).entries;
  }

  /** Posts that carry this notification's marker: how often it is in Slack. */
  async postsOf(notificationId: string): Promise<LedgerEntry[]> {
    return (await this.ledger()).filter((entry) => JSON.stringify(entry.metadata ?? {}).includes(notificationId));
  }

  async requests(method: string): Promise<RequestEntry[]> {
    const { entries } = await this.#call<{ entries: RequestEntry[] }>('GET', 'requests');
    return entries.filter((entry) => entry.method === method);
  }

  async tokens(): Promise<
    { hash: string; kind: string; team: string; user: string; revoked: boolean; expired: boolean }[]
  > {
    return (
      await this.#call<{
        tokens: { hash: string; kind: string; team: string; user: string; revoked: boolean; expired: boolean }[];
      }>('GET', 'tokens')
    ).tokens;
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { ok?: boolean; error?: string };
    if (!response.ok) throw new Error(`The simulated Slack refused ${path}: ${answer.error}`);
    return answer;
  }
}

export interface Decision {
  readonly decision?: 'allow' | 'deny';
  readonly team?: string;
  readonly user?: string;
  readonly scopes?: string;
  readonly user_scopes?: string;
  readonly org_wide?: '1';
}

/** Does what a person does on Slack's consent page; answers with where Slack sends the browser. */
export const consent = async (authorizeUrl: string, decision: Decision): Promise<string> => {
  const url = new URL(authorizeUrl);
  const form = new URLSearchParams(url.search);
  for (const [name, value] of Object.entries({ decision: 'allow', ...decision })) form.set(name, value);
  const response = await fetch(`${url.origin}/oauth/v2/authorize/decision`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (location === null)
    throw new Error(`Slack's consent page answered ${response.status} without sending the browser back.`);
  return location;
};
