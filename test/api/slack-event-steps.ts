import { createHmac } from 'node:crypto';
import { expect } from 'vitest';
import type { World } from '../support/world.ts';

export const SIGNING_SECRET = 'test-signing-secret';

export interface Sending {
  readonly team: string;
  readonly event: { type: string } & Record<string, unknown>;
  readonly eventId?: string;
  readonly eventTime?: number;
  readonly appId?: string;
  readonly timestampOffsetSeconds?: number;
  readonly wrongSignature?: boolean;
  readonly times?: number;
}

export const control = async <T>({ slack }: World, path: string, body: unknown): Promise<T> => {
  const response = await fetch(`${slack.url}/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) throw new Error(answer.error);
  return answer;
};

/** With which status the app answered each sending. */
export const sendEvent = async (world: World, sending: Sending): Promise<number[]> =>
  (await control<{ answers: { status: number }[] }>(world, 'event', sending)).answers.map(({ status }) => status);

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** Sent to the app as Slack would, but for the headers that are given. */
export const signedEvent = (url: string, body: string, but: Record<string, string> = {}): Promise<Response> => {
  const timestamp = `${nowSeconds()}`;
  const signature = `v0=${createHmac('sha256', SIGNING_SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  const headers = { 'x-slack-request-timestamp': timestamp, 'x-slack-signature': signature, ...but };
  return fetch(`${url}/slack/events`, { method: 'POST', headers, body });
};

/** Newer than any install of this run, and not by the clock that a test would have to wait for. */
export const SOON = 5;

/** Resolves when every event of the team has taken effect; a worker looks every second at the latest. */
export const settledEvents = async ({ database }: World, team: string): Promise<{ attempts: number }[]> => {
  const rows = () =>
    database.query<{ attempts: number; finished: boolean }>(
      'select attempts, finished_at is not null as finished from slack_events where team_id = $1',
      [team],
    );
  const isOver = async (): Promise<boolean> => (await rows()).every(({ finished }) => finished);
  await expect.poll(isOver, { timeout: 15_000, interval: 50 }).toBe(true);
  return (await rows()).map(({ attempts }) => ({ attempts }));
};
