import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SIGNING_SECRET } from './options.ts';
import { startSimulator } from './server.ts';

interface Flags {
  port: number;
  host: string;
  clientId: string;
  clientSecret: string;
  signingSecret: string;
  appId?: string;
  stateFile?: string;
  publicUrl?: string;
  eventsUrl?: string;
  rotation?: boolean;
  seed?: number;
  exitWithParent?: boolean;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  return value;
}

function trueOrFalse(text: string): boolean {
  if (['true', '1'].includes(text)) return true;
  if (['false', '0', ''].includes(text)) return false;
  throw new InvalidArgumentError('It must be true or false.');
}

const setting = (flags: string, text: string, name: string): Option => new Option(flags, text).env(`SIMULATOR_${name}`);

const command = new Command('simulator')
  .description('A simulated Slack: consent page, Web API, limits, faults and a ledger of every accepted post.')
  .addOption(
    setting('--port <port>', 'port to listen on; 0 = any free one', 'PORT').argParser(wholeNumber).default(4001),
  )
  .addOption(setting('--host <host>', 'address to listen on', 'HOST').default('127.0.0.1'))
  .addOption(setting('--client-id <id>', "the app's client id", 'CLIENT_ID').default('sandbox-client'))
  .addOption(setting('--client-secret <secret>', "the app's client secret", 'CLIENT_SECRET').default('sandbox-secret'))
  .addOption(
    setting('--signing-secret <secret>', "the app's signing secret", 'SIGNING_SECRET').default(DEFAULT_SIGNING_SECRET),
  )
  .addOption(setting('--app-id <id>', "the app's id", 'APP_ID'))
  .addOption(setting('--state-file <path>', 'keeps grants, memberships and messages over restarts', 'STATE_FILE'))
  .addOption(setting('--public-url <url>', 'how people reach it, when that is not its host and port', 'PUBLIC_URL'))
  .addOption(setting('--events-url <url>', 'where the app receives events', 'EVENTS_URL'))
  // With a value, as one of the environment is: a switch would be on whatever SIMULATOR_ROTATION says.
  .addOption(
    setting('--rotation [on]', '12-hour tokens with refresh tokens', 'ROTATION').preset('true').argParser(trueOrFalse),
  )
  .addOption(setting('--seed <number>', 'for everything that is left to chance', 'SEED').argParser(wholeNumber))
  .option('--exit-with-parent', 'stops when standard input closes')
  .parse();

const { exitWithParent, ...options } = command.opts<Flags>();
const running = await startSimulator(options).catch((error: Error): never => {
  process.stderr.write(`simulator: cannot start: ${error.message}\n`);
  process.exit(1);
});

let stopping = false;
function stop(): void {
  // A second signal does not wait for the first one's writes.
  if (stopping) process.exit(1);
  stopping = true;
  void running.stop().then(() => process.exit(0));
}

process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (exitWithParent === true) process.stdin.on('end', stop).on('error', stop).resume();

process.stdout.write(`${JSON.stringify({ listening: running.url })}\n`);
