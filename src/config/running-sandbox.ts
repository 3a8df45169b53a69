import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from './config.ts';

type Addresses = Pick<Config['slack'], 'apiUrl' | 'authorizeUrl' | 'simulatorUrl'>;

const PROBE_WITHIN_MS = 2000;
const noteIn = (dataDir: string): string => path.join(dataDir, 'simulated-slack.address.json');

const noted = (dataDir: string): Addresses | undefined => {
  try {
    return JSON.parse(readFileSync(noteIn(dataDir), 'utf8')) as Addresses;
  } catch {
    return undefined;
  }
};

/** What only something like Slack says to a call without a token: another program may have got the port since. */
const answers = async ({ apiUrl }: Addresses): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(PROBE_WITHIN_MS);
    const answer = await fetch(`${apiUrl}auth.test`, { method: 'POST', signal });
    return ((await answer.json()) as { error?: string }).error === 'not_authed';
  } catch {
    return false;
  }
};

/**
 * The processes of one data folder share a database, and so the connections in it: they share the simulated Slack that the
 * first of them has started. Another one would know none of the tokens, and keep its own grants in the same file.
 */
export const withRunningSandbox = async (config: Config): Promise<Config> => {
  if (!config.slack.startsSimulator) return config;
  const found = noted(config.dataDir);
  // The same address is that of one that is just stopping, in whose place this one starts.
  if (found === undefined || found.apiUrl === config.slack.apiUrl || !(await answers(found))) return config;
  const { apiUrl, authorizeUrl, simulatorUrl } = found;
  return { ...config, slack: { ...config.slack, startsSimulator: false, apiUrl, authorizeUrl, simulatorUrl } };
};

/** Tells the processes that are started later; answers with how it is taken back, unless another one has told of its own. */
export const noteSandbox = ({ dataDir, slack: { apiUrl, authorizeUrl, simulatorUrl } }: Config): (() => void) => {
  writeFileSync(noteIn(dataDir), JSON.stringify({ apiUrl, authorizeUrl, simulatorUrl }));
  return () => {
    if (noted(dataDir)?.apiUrl === apiUrl) rmSync(noteIn(dataDir), { force: true });
  };
};
