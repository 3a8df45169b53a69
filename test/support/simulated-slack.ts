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

const flagOf = (option: string): string => `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** In a process of its own, beside which nothing else takes the time of what is measured. */
const startOwn = async (options: Partial<SimulatorOptions>): Promise<SimulatedSlack> => {
  const flags = Object.entries(options).flatMap(([option, value]) => [flagOf(option), `${value}`]);
  const { program, url } = await startSimulatorProcess(flags);
  return {
    url,
    stop: async () => {
      const end = await program.stop();
      if (end !== 0) throw new Error(`The simulated Slack ended with ${end}:\n${program.lines.slice(-20).join('\n')}`);
    },
  };
};

const askSimulators = async (what: 'start' | 'stop', body: object): Promise<{ url: string }> => {
  const response = await fetch(`${inject('simulatorsUrl')}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The simulated Slacks cannot ${what} one: ${await response.text()}`);
  return (await response.json()) as { url: string };
};

/** A Slack that nobody else has, in another process than the test and its servers. */
export const startSimulatedSlack = async (given: SimulatedSlackOptions = {}): Promise<SimulatedSlack> => {
  const options = { ...given, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
  if (MEASURES) return startOwn(options);
  const { url } = await askSimulators('start', options);
  return { url, stop: () => askSimulators('stop', { url }) };
};
