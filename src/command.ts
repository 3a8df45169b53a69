import 'reflect-metadata';
import { existsSync } from 'node:fs';
import closeWithGrace from 'close-with-grace';
import { Command, Option } from 'commander';
import { forgetSecrets, readConfig, ConfigError, type Config } from './config/config.ts';
import { withRunningSandbox } from './config/running-sandbox.ts';
import { keptDevelopmentSecrets } from './config/development-secrets.ts';
import { STOP_WITHIN_MS } from './config/setting-warnings.ts';
import { issueToken } from './access/sign-token.ts';
import type { Role } from './access/viewer.ts';
import { messageOf } from './platform/error-message.ts';
import { provideDatabase } from './platform/provided-database.ts';
import { createLogger, type Logger } from './platform/logger.ts';
import { welcome } from './welcome.ts';

/** What is set already wins over the file, so a deployment is never changed by one that lies around. */
const config = (): Config => {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const read = readConfig(keptDevelopmentSecrets);
  forgetSecrets();
  return read;
};

const stopWithParent = (stop: () => void): void => {
  process.stdin.resume();
  process.stdin.once('close', stop);
  process.stdin.once('error', stop);
  // The pipe alone must not keep a process alive that has nothing left to do.
  (process.stdin as NodeJS.ReadStream & { unref?: () => void }).unref?.();
};

const STOP_SIGNALS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR2', 'SIGTERM'] as const;
/** With a listener, what a crash raises by itself would be raised again and again, and the process hang instead of ending. */
const CRASH_SIGNALS = ['SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGSEGV'] as const;
/** One wish to stop may come by two ways, as a terminal's Ctrl-C does to a process and to whoever started it. */
const SAME_WISH_MS = 1000;

const stopOnSignals = (logger: Logger, stop: (signal: string) => void): void => {
  let firstAtMs: number | undefined;
  const told = (signal: string): void => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      stop(signal);
    } else if (performance.now() - firstAtMs >= SAME_WISH_MS) {
      logger.warn({ signal }, 'told to stop a second time; not waiting any longer');
      process.exit(1);
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, told);
};

/**
 * The server's code is loaded once the settings are known to be good: a bad one, --help and `token` answer without its
 * weight. A Postgres of our own comes up meanwhile.
 */
const load = async (settings: Config, logger: Logger) => {
  const launched = Promise.withResolvers<void>();
  const providing = provideDatabase(settings, logger, launched.resolve);
  await Promise.race([launched.promise, providing]);
  return Promise.all([import('./app.ts'), providing]);
};

const serve = async (): Promise<void> => {
  const settings = await withRunningSandbox(config());
  const logger = createLogger({ level: settings.logLevel, role: settings.role, content: settings.logContent });
  for (const warning of settings.warnings) logger.warn(warning);
  const stopping = new AbortController();
  const starting = load(settings, logger).then(([{ startApp }, provided]) =>
    startApp(settings, provided, logger, stopping.signal),
  );
  const options = {
    delay: STOP_WITHIN_MS,
    logger: false as const,
    skip: [...STOP_SIGNALS, ...CRASH_SIGNALS],
    onSecondError: (err: unknown) => logger.fatal({ err }, 'another error that nobody caught; not waiting any longer'),
    onTimeout: () => logger.error({ withinMs: STOP_WITHIN_MS }, 'could not stop in time; what is open is left behind'),
  };
  // A signal during the start waits for it: what is half started is stopped whole.
  const closing = closeWithGrace(options, async ({ err }) => {
    if (err) logger.fatal({ err }, 'stopping after an error that nobody caught');
    stopping.abort();
    await starting.then(
      (app) => app.stop(),
      () => undefined,
    );
  });
  const stop = (signal?: string): void => {
    if (stopping.signal.aborted) return;
    logger.info({ signal }, 'stopping');
    closing.close();
  };
  stopOnSignals(logger, stop);
  if (settings.exitWithParent) stopWithParent(stop);
  await starting;
  if (!settings.production && !stopping.signal.aborted) process.stdout.write(await welcome(settings));
};

const runMigrations = async (): Promise<void> => {
  const settings = config();
  const logger = createLogger({ level: settings.logLevel, role: 'migrate' });
  const [{ openDatabase }, { migrate }, { entities }] = await Promise.all([
    import('./platform/database.ts'),
    import('./platform/migrations.ts'),
    import('./entities.ts'),
  ]);
  const provided = await provideDatabase(settings, logger);
  const database = await openDatabase({ url: provided.url, poolMax: 2, entities, logger });
  try {
    const done = await migrate(database.orm, provided.url);
    process.stdout.write(done.length === 0 ? 'The database is at head.\n' : `Migrated: ${done.join(', ')}\n`);
  } finally {
    await database.stop();
    await provided.stop();
  }
};

const rotateKeys = async (): Promise<void> => {
  const settings = config();
  const logger = createLogger({ level: settings.logLevel, role: 'keys' });
  const { rotateKeysOf } = await import('./rotate-keys.ts');
  const isDone = await rotateKeysOf(settings, logger, (line) => void process.stdout.write(`${line}\n`));
  if (!isDone) process.exitCode = 1;
};

const diagnose = async (): Promise<void> => {
  const settings = config();
  // What is wrong is said in the findings; the log would only say it twice.
  const logger = createLogger({ level: 'silent', role: 'doctor' });
  const { examine } = await import('./doctor.ts');
  if (!(await examine(settings, logger, (line) => void process.stdout.write(`${line}\n`)))) process.exitCode = 1;
};

interface TokenOptions {
  readonly user: string;
  readonly workspace: string[];
  readonly role: Role;
  readonly lifetime: string;
}

const printToken = async ({ user, workspace, role, lifetime }: TokenOptions): Promise<void> => {
  const workspaces = Object.fromEntries(workspace.map((id) => [id, role]));
  process.stdout.write(`${await issueToken(config().auth, { userId: user, workspaces, lifetime })}\n`);
};

const failed = (error: unknown): never => {
  const message = messageOf(error);
  process.stderr.write(`heliograph: ${error instanceof ConfigError ? message : `cannot go on: ${message}`}\n`);
  process.exit(1);
};

const program = new Command('heliograph').description(
  'Connects Slack workspaces and delivers notifications that can be trusted.',
);
program
  .command('serve')
  .description('start the server (settings: environment variables, see .env.example)')
  .action(serve);
program.command('migrate').description('bring the database to the current schema').action(runMigrations);
program
  .command('doctor')
  .description('look at settings, database and Slack, and say what to do about what is wrong')
  .action(diagnose);
program
  .command('keys')
  .description('the keys that tokens are encrypted with')
  .command('rotate')
  .description(
    'encrypt everything anew with the first of TOKEN_ENCRYPTION_KEYS, while servers run that all have it in front',
  )
  .action(rotateKeys);
program
  .command('token')
  .description('print a bearer token, signed with AUTH_JWT_SECRET')
  .option('--user <id>', 'who it is for (`sub`)', 'developer')
  .option('--workspace <id...>', 'workspaces that it is valid in', ['demo'])
  .addOption(
    new Option('--role <role>', 'what they may do there').choices(['ADMIN', 'MEMBER', 'SERVICE']).default('ADMIN'),
  )
  .option('--lifetime <time>', 'how long it is valid, for example 12h', '12h')
  .action(printToken);

program.parseAsync().catch(failed);
