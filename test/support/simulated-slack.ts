import { inject } from 'vitest';
import type { SimulatorOptions } from '../../simulator/server.ts';
import { MEASURES, startSimulatorProcess } from './processes.ts';

/** The app that a simulated Slack knows. */
export const CLIENT_ID = 'test-client';
export const CLIENT_SECRET = 'a-client-secret-that-nobody-may-see';

export type SimulatedSlackOptions = Pick<SimulatorOptions, 'rotation' | 'seed' | 'signingSecret' | 'stateFile'>;

export interface SimulatedSlack {
  readonly url: string;
  stop(): Promise<unknown>;
}

const ask = async (path: string, body: object): Promise<{ url: string }> => {
  const response = await fetch(`${inject('simulatorHostUrl')}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The host of the simulated Slacks: ${await response.text()}`);
  return (await response.json()) as { url: string };
};

/** In a process of its own, beside which nothing else takes the time of what is measured. */
const startOwn = async ({
  rotation,
  seed,
  signingSecret,
  stateFile,
}: SimulatedSlackOptions): Promise<SimulatedSlack> => {
  const { program, url } = await startSimulatorProcess([
    '--client-id',
    CLIENT_ID,
    '--client-secret',
    CLIENT_SECRET,
    ...(rotation === true ? ['--rotation'] : []),
    ...(seed === undefined ? [] : ['--seed', `${seed}`]),
    ...(signingSecret === undefined ? [] : ['--signing-secret', signingSecret]),
    ...(stateFile === undefined ? [] : ['--state-file', stateFile]),
  ]);
  return { url, stop: () => program.stop() };
};

/** A Slack that nobody else has, in another process than the test and its servers. */
export const startSimulatedSlack = async (options: SimulatedSlackOptions = {}): Promise<SimulatedSlack> => {
  if (MEASURES) return startOwn(options);
  const { url } = await ask('simulators', { ...options, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
  return { url, stop: () => ask('stopped', { url }) };
};
