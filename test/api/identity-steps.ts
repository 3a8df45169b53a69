import { expect, vi } from 'vitest';
import type { Role } from '../../src/access/viewer.ts';
import {
  AvailableIdentitiesDocument,
  BeginSlackInstallDocument,
  CompleteSlackInstallDocument,
  ConnectionsDocument,
  DisconnectDocument,
  SelectIdentityDocument,
  type AuthorizationFieldsFragment,
  type BeginSlackInstallInput,
  type CompleteSlackInstallMutation,
  type ConnectionFieldsFragment,
  type DisconnectMutation,
  type IdentityFieldsFragment,
  type SelectIdentityInput,
} from '../generated/graphql.ts';
import { Caller } from '../support/caller.ts';
import { consent, type Decision } from '../support/slack-control.ts';
import { install, travel, type World } from '../support/world.ts';

let lastWorkspace = 0;
/** Each test has its own, so that all can share one server. */
export const newWorkspace = (): string => `workspace-${(lastWorkspace += 1)}-${Date.now().toString(36)}`;

/** Somebody of the host product, and what they do. */
export class Person extends Caller {
  async begin(input: BeginSlackInstallInput): Promise<URL> {
    const { beginSlackInstall } = await this.run(BeginSlackInstallDocument, { input });
    if (!beginSlackInstall.authorizeUrl) throw new Error(JSON.stringify(beginSlackInstall.userErrors));
    return new URL(beginSlackInstall.authorizeUrl);
  }

  async beginErrors(input: BeginSlackInstallInput): Promise<string[]> {
    return codesOf((await this.run(BeginSlackInstallDocument, { input })).beginSlackInstall);
  }

  async claimOf(input: BeginSlackInstallInput, decision: Decision): Promise<string> {
    const { searchParams } = await travel(this, input, decision);
    const claim = searchParams.get('claim');
    if (claim === null) throw new Error(`No claim: ${searchParams.toString()}`);
    return claim;
  }

  async complete(claim: string): Promise<CompleteSlackInstallMutation['completeSlackInstall']> {
    return (await this.run(CompleteSlackInstallDocument, { input: { claim } })).completeSlackInstall;
  }

  async connect(workspaceId: string, decision: Decision = { team: 'T0ACME' }): Promise<ConnectionFieldsFragment> {
    return (await install(this, { workspaceId, intent: 'WORKSPACE' }, decision)).connection;
  }

  async authorize(connection: { id: string; workspaceId: string }, user: string): Promise<AuthorizationFieldsFragment> {
    const { authorization } = await install(this, personal(connection), { user });
    if (!authorization) throw new Error('A personal install completed without an authorization.');
    return authorization;
  }

  async connections(workspaceId: string): Promise<readonly ConnectionFieldsFragment[]> {
    return (await this.run(ConnectionsDocument, { workspaceId })).connections;
  }

  async identities(workspaceId: string): Promise<readonly IdentityFieldsFragment[]> {
    return (await this.run(AvailableIdentitiesDocument, { workspaceId })).availableIdentities;
  }

  async select(input: SelectIdentityInput) {
    return (await this.run(SelectIdentityDocument, { input })).selectIdentity;
  }

  async disconnect(id: string, queued: 'CANCEL' | 'REFUSE' = 'CANCEL'): Promise<DisconnectMutation['disconnect']> {
    return (await this.run(DisconnectDocument, { input: { id, queued } })).disconnect;
  }
}

export const personal = (connection: { id: string; workspaceId: string }): BeginSlackInstallInput => ({
  workspaceId: connection.workspaceId,
  intent: 'PERSONAL',
  connectionId: connection.id,
});

export const personIn = async (
  world: World,
  userId: string,
  workspaces: Record<string, Role>,
  url = world.url,
): Promise<Person> => new Person(url, userId, await world.token(userId, workspaces));

/** Where Slack sends the browser after its consent page, not yet followed. */
export const consented = async (authorizeUrl: URL, decision: Decision): Promise<URL> =>
  new URL(await consent(authorizeUrl.href, decision));

export const callback = (url: URL): Promise<Response> => fetch(url, { redirect: 'manual' });

export const codesOf = ({ userErrors }: { userErrors: readonly { code: string }[] }): string[] =>
  userErrors.map((error) => error.code);

export interface NewTeam {
  readonly id: string;
  readonly bot: string;
  readonly people: readonly [string, string, string];
  readonly general: string;
  readonly channels: readonly string[];
}

let lastTeam = 0;

/** A team that nobody else is connected to: whether a grant may be revoked depends on all who use it. */
export const newTeam = async ({ slack }: World, channels = 3): Promise<NewTeam> => {
  const code = `IDN${(lastTeam += 1)}`;
  const response = await fetch(`${slack.url}/control/team`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: `T0${code}`, name: `Team ${lastTeam}`, channels }),
  });
  if (!response.ok) throw new Error(await response.text());
  const made = (await response.json()) as { channels: string[] };
  return {
    channels: made.channels,
    id: `T0${code}`,
    bot: `U0${code}BOT`,
    people: [`U0${code}001`, `U0${code}002`, `U0${code}003`],
    general: `C0${code}0001`,
  };
};

const checksOf = async ({ slack }: World, team: string): Promise<number> =>
  (await slack.requests('auth.test')).filter((request) => request.team === team).length;

/**
 * An install is checked within two seconds, which may renew a token or find out its end. For tests that bring either about:
 * the check is put off or, where it has begun, over.
 */
export const withoutCheck = async <T>(
  world: World,
  team: NewTeam,
  install: () => Promise<T>,
  user: string = team.bot,
): Promise<T> => {
  const before = await checksOf(world, team.id);
  const done = await install();
  const putOff = await world.database.query(
    `update credential_checks set next_check_at = now() + interval '1 hour' where next_check_at <= now()
       and credential_id in (select id from credentials where team_id = $1 and slack_user_id = $2) returning 1`,
    [team.id, user],
  );
  // Not `expect.poll`, which hooks may not call.
  if (putOff.length === 0)
    await vi.waitUntil(async () => (await checksOf(world, team.id)) > before, { timeout: 15_000 });
  return done;
};

/** Every install of the team is checked: what ends its grants from here on is the test's own doing. */
export const untilChecked = async (world: World, team: string): Promise<void> => {
  const checks = `select 1 from credential_checks where credential_id in (select id from credentials where team_id = $1)`;
  await expect.poll(() => world.database.query(`${checks} and next_check_at <= now()`, [team])).toEqual([]);
  const { length } = await world.database.query(checks, [team]);
  await expect.poll(() => checksOf(world, team)).toBeGreaterThanOrEqual(length);
};

/** Does Slack still know a token of this bot or person? */
export const isAlive = async ({ slack }: World, team: NewTeam, user: string): Promise<boolean> =>
  (await slack.tokens()).some((token) => token.team === team.id && token.user === user && !token.revoked);

export interface Connected {
  readonly workspaceId: string;
  readonly team: NewTeam;
  readonly ada: Person;
  readonly connection: ConnectionFieldsFragment;
}

/** A workspace of its own, connected to a team of its own by its admin. */
export const connected = async (world: World): Promise<Connected> => {
  const workspaceId = newWorkspace();
  const team = await newTeam(world);
  const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
  return { workspaceId, team, ada, connection: await ada.connect(workspaceId, { team: team.id }) };
};
