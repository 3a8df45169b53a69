import { Field, ID, ObjectType } from 'type-graphql';
import { describedEnum } from '../graphql/described-enum.ts';
import { FailureCode } from '../graphql/failure-code.types.ts';
import { PageInfo } from '../graphql/page.types.ts';
import { DateTime } from '../graphql/scalars.ts';

export const ConnectionStatus = describedEnum('ConnectionStatus', 'Whether Slack can be reached through it.', {
  ACTIVE: 'Slack accepts it.',
  NEEDS_REAUTHORIZATION:
    'Slack no longer accepts it. What was already accepted waits; new sends are refused. Reconnect it.',
  DISCONNECTED: 'A person disconnected it here. Its history stays; connecting again revives it with the same id.',
});
export type ConnectionStatus = keyof typeof ConnectionStatus;

@ObjectType({ description: 'A Slack team (what Slack calls a workspace).', simpleResolvers: true })
export class SlackTeam {
  @Field(() => ID, { description: "Slack's id of the team, `T…`." })
  id!: string;

  @Field(() => String, { description: 'Its name in Slack.' })
  name!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'The Enterprise organisation that it is part of, `E…`; null where it is in none.',
  })
  enterpriseId!: string | null;

  @Field(() => String, { nullable: true, description: "That organisation's name." })
  enterpriseName!: string | null;
}

@ObjectType({ description: 'What is wrong with a connection, an authorization or an identity.', simpleResolvers: true })
export class ConnectionProblem {
  @Field(() => FailureCode, { description: 'Stable: decide by this.' })
  code!: FailureCode;

  @Field(() => String, { description: 'What is wrong, in a sentence for a person.' })
  message!: string;

  @Field(() => String, { description: 'What a person should do, in a sentence.' })
  remedy!: string;

  @Field(() => DateTime, { description: 'Since when.' })
  since!: Date;
}

@ObjectType({ description: 'A Slack scope that the install did not grant.', simpleResolvers: true })
export class MissingScope {
  @Field(() => String, { description: "Slack's name of the scope, for example `channels:history`." })
  scope!: string;

  @Field(() => String, { description: 'What does not work without it, in a sentence.' })
  without!: string;
}

@ObjectType({
  description:
    'The bot installed for one workspace in one Slack team. A new install of the same team revives the same id.',
  simpleResolvers: true,
})
export class WorkspaceConnection {
  @Field(() => ID, { description: 'A UUIDv7; the same for ever for this workspace and Slack team.' })
  id!: string;

  @Field(() => ID, { description: 'The workspace of the host product.' })
  workspaceId!: string;

  @Field(() => SlackTeam, { description: 'The Slack team that the bot is installed in.' })
  team!: SlackTeam;

  @Field(() => ConnectionStatus, { description: 'Whether it can be used.' })
  status!: ConnectionStatus;

  @Field(() => ConnectionProblem, {
    nullable: true,
    description:
      'Why it is not ACTIVE, and who can mend it; while it is ACTIVE, what keeps failing all the same: five messages in a row in a channel, ' +
      'or five checks. Null where nothing is wrong.',
  })
  problem!: ConnectionProblem | null;

  @Field(() => ID, { description: "The bot's Slack user id, `U…`." })
  botUserId!: string;

  @Field(() => [String], {
    description:
      'The bot scopes that Slack granted, as granted and never as asked (Slack: authentication/installing-with-oauth).',
  })
  scopes!: string[];

  @Field(() => [MissingScope], {
    description:
      'Scopes that this server can use and that the install did not grant, each with what is missed without it.',
  })
  missingScopes!: MissingScope[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the present authorization ends unless it is renewed, which happens by itself; null where the Slack app does not rotate ' +
      '(Slack: authentication/using-token-rotation).',
  })
  tokenExpiresAt!: Date | null;

  @Field(() => ID, { description: 'The user who completed the latest install.' })
  installedBy!: string;

  @Field(() => DateTime, { description: 'When the latest install was completed.' })
  connectedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When a message was last delivered through it, by the bot or a person, to the minute; null before the first.',
  })
  lastUsedAt!: Date | null;

  @Field(() => PersonalAuthorization, {
    nullable: true,
    description: "The viewer's own authorization under it, where there is one.",
  })
  myAuthorization?: PersonalAuthorization | null;

  @Field(() => PersonalAuthorizationConnection, {
    description:
      'The personal authorizations under it, newest first. Admins and services see all; a member sees only their own.',
  })
  authorizations?: PersonalAuthorizationConnection;
}

@ObjectType({
  description: "One user's own Slack account, connected under a workspace connection.",
  simpleResolvers: true,
})
export class PersonalAuthorization {
  @Field(() => ID, { description: 'A UUIDv7.' })
  id!: string;

  /** Not a field of the API: what `connection` is loaded by. */
  connectionId!: string;

  @Field(() => WorkspaceConnection, {
    description: 'The workspace connection that it belongs to, always of the same Slack team.',
  })
  connection?: WorkspaceConnection;

  @Field(() => ID, { description: "The host product's user whose Slack account it is." })
  userId!: string;

  @Field(() => ID, { description: "Slack's id of the person, `U…` or `W…`." })
  slackUserId!: string;

  @Field(() => String, {
    nullable: true,
    description: "The person's name in Slack; null where it cannot be read (it needs `users:read`).",
  })
  slackUserName!: string | null;

  @Field(() => ConnectionStatus, { description: 'Whether it can be used.' })
  status!: ConnectionStatus;

  @Field(() => ConnectionProblem, {
    nullable: true,
    description:
      'Why it is not ACTIVE, and who can mend it; while it is ACTIVE, what keeps failing all the same: five messages in a row in a channel, ' +
      'or five checks. Null where nothing is wrong.',
  })
  problem!: ConnectionProblem | null;

  @Field(() => [String], { description: 'The user scopes that Slack granted, as granted and never as asked.' })
  scopes!: string[];

  @Field(() => [MissingScope], {
    description:
      'Scopes that this server can use and that the person did not grant, each with what is missed without it. Authorizing again asks for all.',
  })
  missingScopes!: MissingScope[];

  @Field(() => DateTime, {
    nullable: true,
    description:
      'When the present authorization ends unless it is renewed, which happens by itself; null where the Slack app does not rotate.',
  })
  tokenExpiresAt!: Date | null;

  @Field(() => DateTime, { description: 'When the latest install was completed.' })
  connectedAt!: Date;

  @Field(() => DateTime, {
    nullable: true,
    description: 'When a message was last delivered through it, to the minute; null before the first.',
  })
  lastUsedAt!: Date | null;
}

@ObjectType({ description: 'One entry of a page of personal authorizations.', simpleResolvers: true })
export class PersonalAuthorizationEdge {
  @Field(() => String, { description: 'Opaque; pass as `after` to go on from here.' })
  cursor!: string;

  @Field(() => PersonalAuthorization, { description: 'The authorization.' })
  node!: PersonalAuthorization;
}

@ObjectType({ description: 'A page of personal authorizations, newest first.', simpleResolvers: true })
export class PersonalAuthorizationConnection {
  @Field(() => [PersonalAuthorizationEdge], { description: 'The entries with their cursors.' })
  edges!: PersonalAuthorizationEdge[];

  @Field(() => [PersonalAuthorization], { description: 'The same entries without cursors.' })
  nodes!: PersonalAuthorization[];

  @Field(() => PageInfo, { description: 'Where this page lies in the whole list.' })
  pageInfo!: PageInfo;
}
