import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
import {
  AvailableIdentitiesDocument,
  BeginSlackInstallDocument,
  CompleteSlackInstallDocument,
  ConnectionsDocument,
  DisconnectDocument,
  SelectIdentityDocument,
  type AuthorizationFieldsFragment,
  type BeginSlackInstallInput,
  type CompleteSlackInstallMutation,
  type ConnectionFieldsFragment,
  type DisconnectMutation,
  type IdentityFieldsFragment,
  type SelectIdentityInput,
} from '../generated/graphql.ts';

/** What these tests need of the world: a server, a simulated Slack, the database, and tokens of the host product. */
export interface IdentityWorld {
  readonly url: string;
  readonly slackUrl: string;
  token(userId: string, workspaces: Record<string, string>): Promise<string>;
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Everything that the server has written to its log. */
  logs(): string;
}

export interface GraphQLAnswer<Data> {
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
}

/** What a person does on Slack's consent page. */
export interface Consent {
  readonly decision?: 'allow' | 'deny';
  readonly team?: string;
  readonly user?: string;
  readonly scope?: string;
  readonly user_scope?: string;
  readonly scopes?: string;
  readonly user_scopes?: string;
  readonly org_wide?: '1';
}

export interface SlackToken {
  readonly kind: 'bot' | 'user';
  readonly team: string | null;
  readonly user: string;
  readonly revoked: boolean;
}

/** The origin is one of RETURN_ORIGINS by default; nothing listens there. */
export const RETURN_TO = 'http://localhost:3000/settings/slack';

let lastWorkspace = 0;
/** Each test has its own, so that all can share one server. */
export const newWorkspace = (): string => `workspace-${(lastWorkspace += 1)}-${Date.now().toString(36)}`;

/** Somebody of the host product, with their token. */
export class Person {
  constructor(
    readonly world: IdentityWorld,
    readonly userId: string,
    readonly token: string,
  ) {}

  async ask<Data, Variables>(
    document: DocumentTypeDecoration<Data, Variables>,
    variables: Variables,
  ): Promise<GraphQLAnswer<Data>> {
    const response = await fetch(`${this.world.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    return (await response.json()) as GraphQLAnswer<Data>;
  }

  /** The top-level error's code; undefined where there was none. */
  async codeOf<Data, Variables>(
    document: DocumentTypeDecoration<Data, Variables>,
    variables: Variables,
  ): Promise<string | undefined> {
    return (await this.ask(document, variables)).errors?.[0]?.extensions.code;
  }

  async begin(input: BeginSlackInstallInput): Promise<URL> {
    const { data } = await this.ask(BeginSlackInstallDocument, { input });
    const url = data.beginSlackInstall.authorizeUrl;
    if (!url) throw new Error(JSON.stringify(data.beginSlackInstall.userErrors));
    return new URL(url);
  }

  /** Through Slack and back: the query with which the browser arrives at `returnTo`. */
  async consent(input: Omit<BeginSlackInstallInput, 'returnTo'>, consent: Consent = {}): Promise<URLSearchParams> {
    const response = await callback(await consented(await this.begin({ ...input, returnTo: RETURN_TO }), consent));
    return new URL(response.headers.get('location') ?? 'http://no.location').searchParams;
  }

  async claimOf(input: Omit<BeginSlackInstallInput, 'returnTo'>, consent: Consent = {}): Promise<string> {
    const query = await this.consent(input, consent);
    const claim = query.get('claim');
    if (claim === null) throw new Error(`No claim: ${query.toString()}`);
    return claim;
  }

  async complete(claim: string): Promise<CompleteSlackInstallMutation['completeSlackInstall']> {
    return (await this.ask(CompleteSlackInstallDocument, { input: { claim } })).data.completeSlackInstall;
  }

  async connect(workspaceId: string, consent: Consent = {}): Promise<ConnectionFieldsFragment> {
    const { connection, userErrors } = await this.complete(
      await this.claimOf({ workspaceId, intent: 'WORKSPACE' }, { team: 'T0ACME', ...consent }),
    );
    if (!connection) throw new Error(JSON.stringify(userErrors));
    return connection;
  }

  async authorize(connection: { id: string; workspaceId: string }, user: string): Promise<AuthorizationFieldsFragment> {
    const input = { workspaceId: connection.workspaceId, intent: 'PERSONAL', connectionId: connection.id } as const;
    const { authorization, userErrors } = await this.complete(await this.claimOf(input, { user }));
    if (!authorization) throw new Error(JSON.stringify(userErrors));
    return authorization;
  }

  async connections(workspaceId: string): Promise<readonly ConnectionFieldsFragment[]> {
    return (await this.ask(ConnectionsDocument, { workspaceId })).data.connections;
  }

  async identities(workspaceId: string): Promise<readonly IdentityFieldsFragment[]> {
    return (await this.ask(AvailableIdentitiesDocument, { workspaceId })).data.availableIdentities;
  }

  async select(input: SelectIdentityInput) {
    return (await this.ask(SelectIdentityDocument, { input })).data.selectIdentity;
  }

  async disconnect(id: string, queued: 'CANCEL' | 'REFUSE' = 'CANCEL'): Promise<DisconnectMutation['disconnect']> {
    return (await this.ask(DisconnectDocument, { input: { id, queued } })).data.disconnect;
  }
}

export const personIn = async (
  world: IdentityWorld,
  userId: string,
  workspaces: Record<string, 'ADMIN' | 'MEMBER' | 'SERVICE'>,
): Promise<Person> => new Person(world, userId, await world.token(userId, workspaces));

/** Where Slack sends the browser after the consent page. */
export const consented = async (authorizeUrl: URL, consent: Consent = {}): Promise<URL> => {
  const body = new URLSearchParams(authorizeUrl.searchParams);
  for (const [name, value] of Object.entries({ decision: 'allow', ...consent })) body.set(name, value);
  const decision = `${authorizeUrl.origin}${authorizeUrl.pathname}/decision`;
  const response = await fetch(decision, { method: 'POST', body, redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`Slack did not redirect: ${await response.text()}`);
  return new URL(location);
};

export const callback = (url: URL): Promise<Response> => fetch(url, { redirect: 'manual' });

export const codesOf = ({ userErrors }: { userErrors: readonly { code: string }[] }): string[] =>
  userErrors.map((error) => error.code);

export interface NewTeam {
  readonly id: string;
  readonly bot: string;
  readonly people: readonly [string, string, string];
  readonly general: string;
}

let lastTeam = 0;

/** The simulated Slack's side of things. */
export class SlackSide {
  constructor(private readonly world: IdentityWorld) {}

  /** One that nobody else is connected to: whether a grant may be revoked depends on all who use it. */
  async newTeam(): Promise<NewTeam> {
    const code = `IDN${(lastTeam += 1)}`;
    await this.control('POST', 'team', { id: `T0${code}`, name: `Team ${lastTeam}`, channels: 3 });
    const [first, second, third] = [1, 2, 3].map((number) => `U0${code}00${number}`);
    if (!first || !second || !third) throw new Error('unreachable');
    return { id: `T0${code}`, bot: `U0${code}BOT`, people: [first, second, third], general: `C0${code}0001` };
  }

  async control<Answer = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    body?: object,
  ): Promise<Answer> {
    const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const response = await fetch(`${this.world.slackUrl}/control/${path}`, { method, ...sent });
    return (await response.json()) as Answer;
  }

  async tokens(team: string, user?: string): Promise<SlackToken[]> {
    const { tokens } = await this.control<{ tokens: SlackToken[] }>('GET', 'tokens');
    return tokens.filter((token) => token.team === team && (user === undefined || token.user === user));
  }

  async isAlive(team: string, user: string): Promise<boolean> {
    return (await this.tokens(team, user)).some((token) => !token.revoked);
  }

  async lastRequest(): Promise<number> {
    return (await this.control<{ last: number }>('GET', 'requests?since=0&limit=1')).last;
  }

  async requests(method: string, since: number): Promise<{ seq: number; at: number; team: string }[]> {
    type Request = { seq: number; at: number; method: string; team: string };
    const { entries } = await this.control<{ entries: Request[] }>('GET', `requests?since=${since}`);
    return entries.filter((entry) => entry.method === method);
  }

  fault(method: string, fault: object, times = 1): Promise<unknown> {
    return this.control('POST', 'faults', { match: { method }, fault, times });
  }

  noFaults(): Promise<unknown> {
    return this.control('DELETE', 'faults');
  }
}
