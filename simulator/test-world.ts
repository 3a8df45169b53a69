import type { Logger } from '@slack/web-api';
import { LogLevel, WebClient } from '@slack/web-api';
import type { SimulatorOptions } from './options.ts';
import type { RunningSimulator } from './server.ts';
import { startSimulator } from './server.ts';

/** For the tests beside the simulator's files: a simulator of their own, driven from outside. */

export const CLIENT = { clientId: 'test-client', clientSecret: 'test-secret' };
export const REDIRECT_URI = 'http://localhost:9999/callback';
export const BOT_SCOPES =
  'chat:write,chat:write.public,channels:read,groups:read,im:read,mpim:read,users:read,channels:history,groups:history,channels:join,im:write,mpim:write,team:read';
export const USER_SCOPES = 'chat:write,channels:read,groups:read,im:read,mpim:read,channels:history,groups:history';

/** The client warns about every refusal that a test asks for. */
const SILENT: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

export interface Consenting {
  team?: string;
  user?: string;
  scope?: string;
  user_scope?: string;
  scopes?: string;
  user_scopes?: string;
  org_wide?: string;
  decision?: 'allow' | 'deny';
  state?: string;
}

export interface TestSlack extends RunningSimulator {
  client(token?: string): WebClient;
  /** The query of the redirect that follows the consent. */
  consent(choice: Consenting): Promise<URLSearchParams>;
  exchange(code: string): Promise<Record<string, unknown>>;
  botToken(team: string, scope?: string): Promise<string>;
  userToken(team: string, user: string, scope?: string): Promise<string>;
  control(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export async function startTestSlack(options: Partial<SimulatorOptions> = {}): Promise<TestSlack> {
  const running = await startSimulator({ port: 0, ...CLIENT, ...options });
  const client = (token?: string): WebClient =>
    new WebClient(token, {
      slackApiUrl: `${running.url}/api/`,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 5_000,
      logger: SILENT,
    });
  const consent = (choice: Consenting): Promise<URLSearchParams> => decide(running.url, choice);
  const exchange = async (code: string): Promise<Record<string, unknown>> =>
    (await client().oauth.v2.access({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      code,
      redirect_uri: REDIRECT_URI,
    })) as unknown as Record<string, unknown>;
  return {
    ...running,
    client,
    consent,
    exchange,
    botToken: async (team, scope = BOT_SCOPES) => {
      const installed = await exchange((await consent({ team, scope })).get('code') ?? '');
      return String(installed['access_token']);
    },
    userToken: async (team, user, scope = USER_SCOPES) => {
      const installed = await exchange((await consent({ team, user, user_scope: scope })).get('code') ?? '');
      return String((installed['authed_user'] as Record<string, unknown>)['access_token']);
    },
    control: (method, path, body) => control(running.url, method, path, body),
  };
}

async function decide(url: string, choice: Consenting): Promise<URLSearchParams> {
  const fields = { client_id: CLIENT.clientId, redirect_uri: REDIRECT_URI, decision: 'allow', ...choice };
  const response = await fetch(`${url}/oauth/v2/authorize/decision`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  const location = response.headers.get('location');
  if (response.status !== 302 || location === null) throw new Error(`No redirect: ${await response.text()}`);
  return new URL(location).searchParams;
}

async function control(url: string, method: string, path: string, body: unknown): Promise<Record<string, unknown>> {
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${url}/control/${path}`, { method, ...sent });
  return (await response.json()) as Record<string, unknown>;
}

/** The code of Slack's refusal, or what happened instead. */
export async function refusalOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (error) {
    const data = (error as { data?: { error?: string } }).data;
    return data?.error ?? String(error);
  }
}
