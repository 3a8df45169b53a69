import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { signToken } from '../../src/access/sign-token.ts';
import type { Role } from '../../src/access/viewer.ts';
import type { AuthConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/platform/secret.ts';
import {
  AvailableIdentitiesDocument,
  BeginSlackInstallDocument,
  CompleteSlackInstallDocument,
  NotificationHistoryDocument,
  SendNotificationDocument,
  type BeginSlackInstallInput,
  type ConnectionFieldsFragment,
  type IdentityFieldsFragment,
  type IdentityKind,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import { Caller } from './caller.ts';
import { expectNoSecret, expectNoSecretStored } from './canary.ts';
import { createTestDatabase, settled, type TestDatabase } from './database.ts';
import { freePort, startServer, type Program } from './processes.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  startSimulatedSlack,
  type SimulatedSlack,
  type SimulatedSlackOptions,
} from './simulated-slack.ts';
import { consent, SlackControl, type Decision } from './slack-control.ts';
import { StatusFeed } from './status-feed.ts';

export const RETURN_TO = 'http://localhost:3000/slack';

export interface WorldOptions {
  /** Settings on top of those that every test server gets. */
  readonly env?: Record<string, string>;
  /** Server processes on the one database. */
  readonly servers?: number;
  readonly simulator?: SimulatedSlackOptions;
  /** Another database than one of the cluster that all tests share. */
  readonly database?: TestDatabase;
}

/** Servers, a database and a simulated Slack, all in other processes: what a test speaks to through the front door. */
export class World {
  readonly #callers: Caller[] = [];
  readonly #tokens: string[] = [];

  private constructor(
    readonly slack: SlackControl,
    readonly database: TestDatabase,
    readonly servers: Program[],
    readonly urls: string[],
    private readonly auth: AuthConfig,
    private readonly simulator: SimulatedSlack,
    private readonly folder: string,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(options: WorldOptions = {}): Promise<World> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-world-'));
    const [database, simulator] = await Promise.all([
      options.database ?? createTestDatabase(),
      startSimulatedSlack(options.simulator),
    ]);
    const secret = randomBytes(32).toString('hex');
    const env = {
      DATABASE_URL: database.url,
      HELIOGRAPH_DATA_DIR: folder,
      AUTH_JWT_SECRET: secret,
      TOKEN_ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
      SLACK_CLIENT_ID: CLIENT_ID,
      SLACK_CLIENT_SECRET: CLIENT_SECRET,
      SLACK_SIGNING_SECRET: 'test-signing-secret',
      SLACK_API_URL: `${simulator.url}/api/`,
      SLACK_AUTHORIZE_URL: `${simulator.url}/oauth/v2/authorize`,
      MIGRATE_ON_START: 'false',
      // What is said to somebody who looks for a fault must hold no secret either.
      LOG_LEVEL: 'debug',
      ...options.env,
    };
    const auth: AuthConfig = {
      kind: 'secret',
      secret: new Secret(secret),
      issuer: 'heliograph',
      audience: 'heliograph',
    };
    const world = new World(new SlackControl(simulator.url), database, [], [], auth, simulator, folder, env);
    for (let count = 0; count < (options.servers ?? 1); count += 1) await world.addServer();
    return world;
  }

  /** One more process on the same database; answers with its address. */
  async addServer(env: Record<string, string> = {}, main?: string): Promise<string> {
    const port = await freePort();
    this.servers.push(await startServer({ ...this.env, PORT: `${port}`, ...env }, main));
    const url = `http://localhost:${port}`;
    this.urls.push(url);
    return url;
  }

  get url(): string {
    return this.urls[0] ?? '';
  }

  async token(userId: string, workspaces: Record<string, Role>, lifetime = '1h'): Promise<string> {
    const token = await signToken(this.auth, { userId, workspaces, lifetime });
    this.#tokens.push(token);
    return token;
  }

  async as(userId: string, workspaces: Record<string, Role>, url = this.url): Promise<Caller> {
    const caller = new Caller(url, userId, await this.token(userId, workspaces));
    this.#callers.push(caller);
    return caller;
  }

  anonymous(token?: string): Caller {
    return new Caller(this.url, 'nobody', token);
  }

  follow(caller: Caller, variables: { workspaceId: string; notificationId?: string; after?: string }): StatusFeed {
    return new StatusFeed(caller.socket(), variables);
  }

  /**
   * A cursor that is after everything done so far and before everything done later. A live cursor alone may be older: the
   * log is read up to the oldest transaction that is open in the cluster, and other test files write there too.
   */
  async cursorOfNow(caller: Pick<Caller, 'run'>, workspaceId: string): Promise<string> {
    await settled(this.database);
    const { notificationHistory } = await caller.run(NotificationHistoryDocument, { workspaceId, first: 1 });
    return notificationHistory.liveCursor;
  }

  /** Follows from this moment on: everything that is done after this call, and nothing that was done before. */
  async followFromNow(caller: Caller, workspaceId: string): Promise<StatusFeed> {
    return this.follow(caller, { workspaceId, after: await this.cursorOfNow(caller, workspaceId) });
  }

  async stop(): Promise<void> {
    for (const caller of this.#callers) await caller.close();
    const metrics = await Promise.all(this.urls.map(metricsOf));
    const ends = await Promise.all(this.servers.map((server) => server.stop()));
    const [slack, secrets] = await Promise.allSettled([this.simulator.stop(), this.#findSecrets(metrics)]);
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
    const bad = ends.findIndex((end) => end !== 0 && end !== 'SIGKILL');
    if (bad >= 0) {
      const lines = this.servers[bad]?.lines.slice(-20).join('\n');
      throw new Error(`A server ended with ${ends[bad]} instead of 0 when it was asked to stop:\n${lines}`);
    }
    for (const end of [secrets, slack]) if (end.status === 'rejected') throw end.reason;
  }

  /** After every test file: nothing secret in what the servers said, measured and stored. Callers look at each answer. */
  async #findSecrets(metrics: readonly string[]): Promise<void> {
    const { AUTH_JWT_SECRET = '', TOKEN_ENCRYPTION_KEYS = '', SLACK_SIGNING_SECRET = '' } = this.env;
    const keys = TOKEN_ENCRYPTION_KEYS.split(',').map((pair) => pair.slice(pair.indexOf(':') + 1));
    const secrets = [CLIENT_SECRET, SLACK_SIGNING_SECRET, AUTH_JWT_SECRET, ...keys, ...this.#tokens].filter(Boolean);
    for (const { name, lines } of this.servers) expectNoSecret(`the log of ${name}`, lines.join('\n'), secrets);
    for (const text of metrics) expectNoSecret('the metrics', text, secrets);
    await expectNoSecretStored(this.database, secrets);
  }
}

/** Nothing from a server that was killed or never served. */
const metricsOf = (url: string): Promise<string> =>
  fetch(`${url}/metrics`).then(
    (response) => response.text(),
    () => '',
  );

/** The trip through Slack's consent page, up to the address that the browser is sent back to. */
export const travel = async (caller: Caller, input: BeginSlackInstallInput, decision: Decision): Promise<URL> => {
  const { beginSlackInstall } = await caller.run(BeginSlackInstallDocument, {
    input: { returnTo: RETURN_TO, ...input },
  });
  if (!beginSlackInstall.authorizeUrl) throw new Error(JSON.stringify(beginSlackInstall.userErrors));
  const response = await fetch(await consent(beginSlackInstall.authorizeUrl, decision), { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? `${caller.url}/no-redirect-but-${response.status}`);
};

/** A whole install that must succeed. */
export const install = async (caller: Caller, input: BeginSlackInstallInput, decision: Decision) => {
  const back = await travel(caller, input, decision);
  const claim = back.searchParams.get('claim');
  if (claim === null) throw new Error(`The install came back without a claim: ${back.href}`);
  const { completeSlackInstall } = await caller.run(CompleteSlackInstallDocument, { input: { claim } });
  if (!completeSlackInstall.connection) throw new Error(JSON.stringify(completeSlackInstall.userErrors));
  return { ...completeSlackInstall, connection: completeSlackInstall.connection };
};

export const connectTeam = async (
  caller: Caller,
  workspaceId: string,
  team: string,
  scopes?: string,
): Promise<ConnectionFieldsFragment> => {
  const decision = scopes === undefined ? { team } : { team, scopes };
  return (await install(caller, { workspaceId, intent: 'WORKSPACE' }, decision)).connection;
};

export const identityOf = async (
  caller: Caller,
  workspaceId: string,
  kind: IdentityKind,
): Promise<IdentityFieldsFragment> => {
  const { availableIdentities } = await caller.run(AvailableIdentitiesDocument, { workspaceId });
  const identity = availableIdentities.find((candidate) => candidate.kind === kind);
  if (!identity) throw new Error(`There is no identity of kind ${kind}.`);
  return identity;
};

export const send = async (caller: Caller, input: SendNotificationInput) =>
  (await caller.run(SendNotificationDocument, { input })).sendNotification;

/** A send that must be accepted; answers with the notification. */
export const accepted = async (caller: Caller, input: SendNotificationInput) => {
  const { notification, userErrors } = await send(caller, input);
  if (!notification || userErrors.length > 0) throw new Error(JSON.stringify(userErrors));
  return notification;
};
