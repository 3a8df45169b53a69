import type { Role } from '../../src/access/viewer.ts';
import type { ConnectionFieldsFragment, IdentityFieldsFragment, SendNotificationInput } from '../generated/graphql.ts';
import type { Caller } from './caller.ts';
import { connectTeam, identityOf, install, type World } from './world.ts';

/** Settings for tests that are not about pacing: no message waits for its turn. */
export const UNPACED = { CHANNEL_MESSAGES_PER_SECOND: '1000', CHANNEL_BURST: '1000', TEAM_MESSAGES_PER_MINUTE: '0' };

/** A workspace that is connected to a Slack team, with its admin and its bot. */
export interface Desk {
  readonly workspaceId: string;
  readonly team: string;
  readonly admin: Caller;
  readonly connection: ConnectionFieldsFragment;
  readonly bot: IdentityFieldsFragment;
  /** A message of the bot to #general of Acme, but for what is given. */
  message(but?: Partial<SendNotificationInput>): SendNotificationInput;
}

/** With `scopes`, fewer than are asked for. */
export const openDesk = async (world: World, workspaceId: string, team = 'T0ACME', scopes?: string): Promise<Desk> => {
  const admin = await world.as(`admin-of-${workspaceId}`, { [workspaceId]: 'ADMIN' });
  const connection = await connectTeam(admin, workspaceId, team, scopes);
  const bot = await identityOf(admin, workspaceId, 'WORKSPACE_BOT');
  const message = (but: Partial<SendNotificationInput> = {}): SendNotificationInput => ({
    workspaceId,
    sender: { identityId: bot.id },
    channelId: 'C0ACME0001',
    text: 'hello',
    ...but,
  });
  return { workspaceId, team, admin, connection, bot, message };
};

export interface Person {
  readonly caller: Caller;
  readonly identity: IdentityFieldsFragment;
  readonly authorizationId: string;
}

/** Somebody of the workspace who has authorized posting as themself. */
export const joinAsPerson = async (
  world: World,
  { workspaceId, team, connection }: Desk,
  userId: string,
  slackUser: string,
  role: Role = 'MEMBER',
): Promise<Person> => {
  const caller = await world.as(userId, { [workspaceId]: role });
  const input = { workspaceId, intent: 'PERSONAL', connectionId: connection.id } as const;
  const { authorization } = await install(caller, input, { team, user: slackUser });
  if (!authorization) throw new Error('A personal install gave no authorization.');
  const identity = await identityOf(caller, workspaceId, 'PERSONAL_USER');
  return { caller, identity, authorizationId: authorization.id };
};
