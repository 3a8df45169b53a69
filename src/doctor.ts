import type { Config } from './config/config.ts';
import { isSlackItself } from './config/slack-itself.ts';
import { DiagnosisRepository } from './connections/diagnosis.repository.ts';
import { missingScopes } from './connections/scope.policy.ts';
import { KeyCheckRepository } from './credentials/key-check.repository.ts';
import { KeyCheckService } from './credentials/key-check.service.ts';
import { Sealer } from './credentials/sealing.ts';
import * as judge from './doctor.policy.ts';
import type { Finding } from './doctor.policy.ts';
import { entities } from './entities.ts';
import { systemClock } from './platform/clock.ts';
import { readDatabaseState } from './platform/database-state.ts';
import { openDatabase, type Database } from './platform/database.ts';
import type { Logger } from './platform/logger.ts';
import { pendingMigrations } from './platform/migrations.ts';
import { provideDatabase } from './platform/provided-database.ts';
import { Replica } from './platform/replica.ts';
import { readSlackTime } from './slack/slack-time.ts';
import { WebClientGateway } from './slack/web-client.gateway.ts';

/** The bot's scopes without which something of the product does not work. */
const USED_SCOPES = ['chat:write', 'channels:read', 'groups:read', 'users:read', 'channels:history', 'groups:history'];
const NOT_A_CODE = 'heliograph-doctor';
const MARKS = { ok: '✓', warning: '!', problem: '✗' } as const;

/** Half of the round trip is the best guess at when the other side looked at its clock. */
const skewOf = async <T>(
  ask: () => Promise<T>,
  timeOf: (answer: T) => Date,
): Promise<{ answer: T; skewMs: number }> => {
  const before = systemClock.now().getTime();
  const answer = await ask();
  const middle = (before + systemClock.now().getTime()) / 2;
  return { answer, skewMs: middle - timeOf(answer).getTime() };
};

const orUnseen = async (name: string, remedy: string, look: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await look();
  } catch (error) {
    return [judge.unseen(name, error, remedy)];
  }
};

const lackingScopes = async (wanted: readonly string[], diagnosis: DiagnosisRepository) => {
  const counts = new Map<string, { scope: string; without: string; count: number }>();
  for (const { scopes, count } of await diagnosis.grantedScopes()) {
    for (const missing of missingScopes(wanted, scopes)) {
      counts.set(missing.scope, { ...missing, count: count + (counts.get(missing.scope)?.count ?? 0) });
    }
  }
  return [...counts.values()];
};

/** Tables can be asked only where they are there. */
const lookAtTables = async (config: Config, database: Database): Promise<Finding[]> => {
  const diagnosis = new DiagnosisRepository(database);
  const { botScopes, signingSecret, startsSimulator, apiUrl } = config.slack;
  const secret = signingSecret.reveal();
  const keys = new KeyCheckService(database, new KeyCheckRepository(), new Sealer(config.encryptionKeys));
  const keysRemedy = 'Give the keys that this database was used with; a new one goes behind them first.';
  return [
    ...(await orUnseen('encryption keys', keysRemedy, async () => {
      await keys.look();
      return [{ name: 'encryption keys', state: 'ok', says: 'They open what this database holds.' }];
    })),
    ...judge.ofScopes(missingScopes(USED_SCOPES, botScopes), await lackingScopes(botScopes, diagnosis)),
    ...(startsSimulator ? [] : [judge.ofSigningSecret(secret, await diagnosis.lastEventAt(), isSlackItself(apiUrl))]),
  ];
};

const lookAtReplica = async (config: Config, primary: Database, logger: Logger): Promise<Finding[]> => {
  const url = config.database.replicaUrl;
  if (url === undefined) return [];
  const replica = new Replica({ url, poolMax: 1, primary, clock: systemClock, logger, onRead: () => {} });
  try {
    return [judge.ofReplica(await replica.look().catch((error: unknown) => error as Error))];
  } finally {
    await replica.stop();
  }
};

const lookAtDatabase = async (config: Config, logger: Logger): Promise<Finding[]> => {
  const provided = await provideDatabase(config, logger);
  const database = await openDatabase({ url: provided.url, poolMax: 2, entities, logger });
  try {
    const { answer: state, skewMs } = await skewOf(
      () => readDatabaseState(database),
      ({ now }) => now,
    );
    const pending = await pendingMigrations(database.orm);
    return [
      judge.ofDatabase(state, config.database.poolMax),
      judge.ofClock('clock of the database', 'that of the database', skewMs),
      judge.ofMigrations(pending),
      ...(await lookAtReplica(config, database, logger)),
      ...(pending.length === 0 ? await lookAtTables(config, database) : []),
    ];
  } finally {
    await database.stop();
    await provided.stop();
  }
};

const lookAtSlack = async ({ slack }: Config, logger: Logger): Promise<Finding[]> => {
  const gateway = new WebClientGateway({ ...slack, clock: systemClock, logger });
  const { skewMs } = await skewOf(
    () => readSlackTime(slack.apiUrl, slack.timeoutMs),
    (date) => date,
  );
  const tried = await gateway.exchangeCode({ code: NOT_A_CODE, redirectUri: slack.redirectUri });
  return [
    { name: 'Slack', state: 'ok', says: `${slack.apiUrl} answers.` },
    judge.ofSlackClock(skewMs),
    judge.ofClientSecret(tried),
  ];
};

const SANDBOX: Finding = {
  name: 'Slack',
  state: 'ok',
  says: 'Sandbox mode: the simulated Slack runs with "heliograph serve". Set SLACK_CLIENT_ID, SLACK_CLIENT_SECRET and SLACK_SIGNING_SECRET for a real one.',
};

/** The command `doctor`: looks at all that a server needs, and says what to do; false where there is a problem. */
export const examine = async (config: Config, logger: Logger, print: (line: string) => void): Promise<boolean> => {
  const { publicUrl, slack } = config;
  const findings: Finding[] = [
    ...judge.ofSettings(config.warnings),
    judge.ofRedirectUri({ publicUrl, redirectUri: slack.redirectUri, isSlack: isSlackItself(slack.apiUrl) }),
    ...(await orUnseen('database', 'Start it, or mend DATABASE_URL.', () => lookAtDatabase(config, logger))),
    ...(slack.startsSimulator
      ? [SANDBOX]
      : await orUnseen('Slack', 'Let this machine reach it, or mend SLACK_API_URL.', () =>
          lookAtSlack(config, logger),
        )),
  ];
  for (const { name, state, says, remedy } of findings) {
    print(`${MARKS[state]} ${name}: ${says}`);
    if (remedy !== undefined) print(`    → ${remedy}`);
  }
  return findings.every(({ state }) => state !== 'problem');
};
