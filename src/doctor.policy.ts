import type { MissingScope } from './connections/scope.policy.ts';
import { EVENTS_KEPT_DAYS } from './connections/slack-events.policy.ts';
import { messageOf } from './platform/error-message.ts';
import type { SlackAnswer } from './slack/gateway.ts';

/** One thing that was looked at. A warning lets the server work, with something missing; a problem does not. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'problem';
  readonly says: string;
  /** What to do about it, in a sentence; absent where nothing is to be done. */
  readonly remedy?: string;
}

const ok = (name: string, says: string): Finding => ({ name, state: 'ok', says });
const warning = (name: string, says: string, remedy: string): Finding => ({ name, state: 'warning', says, remedy });
const problem = (name: string, says: string, remedy: string): Finding => ({ name, state: 'problem', says, remedy });

/** What could not be looked at: that is a problem of its own. */
export const unseen = (name: string, error: unknown, remedy: string): Finding =>
  problem(name, messageOf(error), remedy);

/** Bad ones do not get here: no command starts with them. */
export const ofSettings = (warnings: readonly string[]): Finding[] =>
  warnings.length === 0
    ? [ok('settings', 'All of them are legal, and they fit together.')]
    : warnings.map((says) => warning('settings', `${says}.`, 'Change it, or leave it where it is meant.'));

export interface DatabaseState {
  /** `server_version_num`, for example 180004. */
  readonly version: number;
  readonly isStandby: boolean;
  readonly commitsAtOnce: boolean;
  readonly maxConnections: number;
}

const OLDEST_POSTGRES = 150_000;
const major = (version: number): number => Math.floor(version / 10_000);

export const ofDatabase = (state: DatabaseState, poolMax: number): Finding => {
  const { version, maxConnections } = state;
  const name = 'database';
  if (version < OLDEST_POSTGRES)
    return problem(name, `Postgres ${major(version)} is too old.`, 'Use Postgres 15 or newer.');
  if (state.isStandby)
    return problem(name, 'This is a standby: it takes no writes.', 'Point DATABASE_URL at the primary.');
  if (!state.commitsAtOnce) {
    const says = 'synchronous_commit or fsync is off: what was accepted can be lost when the database server crashes.';
    return warning(name, says, 'Turn both on for this database.');
  }
  if (poolMax >= maxConnections) {
    const says = `DATABASE_POOL_MAX is ${poolMax}, and the server takes ${maxConnections} connections from everybody.`;
    return warning(
      name,
      says,
      'Lower DATABASE_POOL_MAX, raise max_connections, or put pgbouncer (transaction mode, docs/scaling.md) between.',
    );
  }
  return ok(name, `Postgres ${major(version)}, up to ${maxConnections} connections.`);
};

/** The server works without: the primary then has its work. */
export const ofReplica = (found: 'answered' | 'behind' | Error): Finding => {
  const name = 'replica';
  if (found === 'answered') return ok(name, 'It has all that the primary has.');
  if (found === 'behind') {
    const says = 'It is behind the primary, which history and statistics are read from meanwhile.';
    return warning(name, says, 'Look at pg_stat_replication on the primary.');
  }
  return warning(name, `It cannot be read: ${found.message}`, 'Start it, or mend or remove DATABASE_REPLICA_URL.');
};

export const ofMigrations = (pending: readonly string[]): Finding =>
  pending.length === 0
    ? ok('migrations', 'The database is at head.')
    : problem('migrations', `Not applied yet: ${pending.join(', ')}.`, 'Run "heliograph migrate".');

/** Slack refuses nothing by its clock, but we refuse its events 5 minutes off, and product tokens by their times. */
const MAX_SKEW_SECONDS = 5;
const MAX_SKEW_OF_SLACK_SECONDS = 30;

export const ofClock = (name: string, whose: string, skewMs: number, maxSeconds = MAX_SKEW_SECONDS): Finding => {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const says = `The clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} ${whose}.`;
  if (seconds <= maxSeconds) return ok(name, says);
  return problem(name, says, 'Let NTP set the clocks of both machines.');
};

export const ofSlackClock = (skewMs: number): Finding =>
  ofClock('clock of Slack', 'that of Slack', skewMs, MAX_SKEW_OF_SLACK_SECONDS);

export interface Addresses {
  readonly publicUrl: string;
  readonly redirectUri: string;
  readonly isSlack: boolean;
}

const CALLBACK_PATH = '/slack/oauth/callback';

export const ofRedirectUri = ({ publicUrl, redirectUri, isSlack }: Addresses): Finding => {
  const name = 'redirect URI';
  const { protocol, pathname } = new URL(redirectUri);
  if (pathname !== CALLBACK_PATH) {
    const remedy = `Let SLACK_REDIRECT_URI end in ${CALLBACK_PATH}, or let a proxy send that path there.`;
    return warning(name, `${redirectUri} does not lead to this server's ${CALLBACK_PATH}.`, remedy);
  }
  if (protocol !== 'https:' && isSlack)
    return problem(name, `Slack accepts no ${redirectUri}: it is not https.`, 'Make PUBLIC_URL an https address.');
  if (new URL(redirectUri).host !== new URL(publicUrl).host) {
    const remedy = 'Check that it reaches this server, or remove SLACK_REDIRECT_URI.';
    return warning(name, `${redirectUri} is on another host than PUBLIC_URL.`, remedy);
  }
  return ok(name, `${redirectUri}; it must stand in the app's settings, letter by letter.`);
};

/** Client id and secret, tried with a code that cannot be one: Slack looks at the app before it looks at the code. */
export const ofClientSecret = (answer: SlackAnswer<unknown>): Finding => {
  const name = 'client id and secret';
  if (answer.kind === 'refused') {
    const { error } = answer;
    if (error === 'invalid_code' || error === 'code_already_used') return ok(name, 'Slack knows them.');
    return problem(name, `Slack refuses them: ${error}.`, 'Take both from Basic Information of the app’s settings.');
  }
  const says = answer.kind === 'unavailable' ? answer.detail : 'Slack gave no clear answer.';
  return warning(name, `They could not be tried: ${says}`, 'Run this again in a minute.');
};

const SIGNING_SECRET = /^[0-9a-f]{32}$/;

/** Slack has no call to try it with, and which secret an event was signed with is not kept. */
export const ofSigningSecret = (secret: string, lastEventAt: Date | undefined, isSlack: boolean): Finding => {
  const name = 'signing secret';
  if (isSlack && !SIGNING_SECRET.test(secret)) {
    const says = 'It does not look like one of Slack’s: 32 characters of 0-9 and a-f.';
    return problem(name, says, 'Take the Signing Secret (not the Client Secret) from Basic Information.');
  }
  if (lastEventAt) {
    const at = lastEventAt.toISOString();
    return ok(
      name,
      `The last event that was acted on came at ${at}. Whether the secret was changed since, it cannot show.`,
    );
  }
  const says = `No event to act on came in the last ${EVENTS_KEPT_DAYS} days, so nothing shows that it is right.`;
  const remedy =
    'Give PUBLIC_URL/slack/events as the request URL in Event Subscriptions of the app’s settings; Slack verifies it there.';
  return warning(name, says, remedy);
};

/** `count` of the connections lack the scope; where it is not even asked for, all do. */
export const ofScopes = (unasked: readonly MissingScope[], lacking: readonly (MissingScope & { count: number })[]) => {
  const name = 'scopes';
  const found = [
    ...unasked.map(({ scope, without }) =>
      warning(
        name,
        `SLACK_BOT_SCOPES does not ask for ${scope}. ${without}`,
        'Add it there and in the app’s settings.',
      ),
    ),
    ...lacking.map(({ scope, without, count }) =>
      warning(name, `${count} connections lack ${scope}. ${without}`, 'Let an admin of each begin its install again.'),
    ),
  ];
  return found.length > 0 ? found : [ok(name, 'Every connection has all that is asked for.')];
};
