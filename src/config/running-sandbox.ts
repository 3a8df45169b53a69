import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Config } from './config.ts';

type Addresses = Pick<Config['slack'], 'apiUrl' | 'authorizeUrl' | 'simulatorUrl'>;
interface Note extends Addresses {
  /** Of the one simulated Slack that it leads to. */
  readonly simulatorId: string;
}

const PROBE_WITHIN_MS = 2000;
const ID_HEADER = 'x-simulator-id';
const noteIn = (dataDir: string): string => path.join(dataDir, 'simulated-slack.address.json');

const noted = (dataDir: string): Note | undefined => {
  try {
    return JSON.parse(readFileSync(noteIn(dataDir), 'utf8')) as Note;
  } catch {
    return undefined;
  }
};

/** Whatever is said at that address: after a kill another folder's may have got the port, and answers as this one did. */
const answers = async ({ apiUrl, simulatorId }: Note): Promise<boolean> => {
  try {
    const signal = AbortSignal.timeout(PROBE_WITHIN_MS);
    const { headers, body } = await fetch(apiUrl, { signal });
    await body?.cancel();
    return headers.get(ID_HEADER) === simulatorId;
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

/** The id of the simulated Slack that has just been started in this folder, as it stands in its state. */
const startedIn = (dataDir: string): string => {
  const state = readFileSync(path.join(dataDir, 'simulated-slack.json'), 'utf8');
  return (JSON.parse(state) as Pick<Note, 'simulatorId'>).simulatorId;
};

/** Tells the processes that are started later; answers with how it is taken back, unless another one has told of its own. */
export const noteSandbox = ({ dataDir, slack: { apiUrl, authorizeUrl, simulatorUrl } }: Config): (() => void) => {
  const simulatorId = startedIn(dataDir);
  const note: Note = { simulatorId, apiUrl, authorizeUrl, simulatorUrl };
  writeFileSync(noteIn(dataDir), JSON.stringify(note));
  return () => {
    if (noted(dataDir)?.simulatorId === simulatorId) rmSync(noteIn(dataDir), { force: true });
  };
};
