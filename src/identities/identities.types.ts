import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { ConnectionProblem, PersonalAuthorization, WorkspaceConnection } from '../connections/connections.types.ts';
import { describedEnum } from '../graphql/described-enum.ts';
import { DateTime } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';

export const IdentityKind = describedEnum('IdentityKind', 'What a message is posted as.', {
  WORKSPACE_BOT: "The workspace connection's bot.",
  PERSONAL_USER: 'A person, through their own authorization.',
});
export type IdentityKind = keyof typeof IdentityKind;

@ObjectType({
  description: 'Who a message is posted as. Always named by the caller, never inferred.',
  simpleResolvers: true,
})
export class Identity {
  @Field(() => ID, { description: 'A UUIDv7; the same for ever for this bot or this person.' })
  id!: string;

  @Field(() => IdentityKind, { description: 'The bot, or a person.' })
  kind!: IdentityKind;

  /** Not a field of the API: what `connection` is loaded by. */
  connectionId!: string;

  @Field(() => WorkspaceConnection, { description: 'The workspace connection that it posts through.' })
  connection?: WorkspaceConnection;

  /** Not a field of the API: what `authorization` is loaded by. */
  authorizationId!: string | null;

  @Field(() => PersonalAuthorization, { nullable: true, description: 'PERSONAL_USER only.' })
  authorization?: PersonalAuthorization | null;

  @Field(() => String, {
    description: 'What Slack will show as the author; a Slack user id where its name cannot be read.',
  })
  postsAs!: string;

  @Field(() => Boolean, {
    description: 'Whether it can post now; while it cannot, it is neither selected nor sent as.',
  })
  usable!: boolean;

  @Field(() => ConnectionProblem, {
    nullable: true,
    description: 'Why it is not usable, and who can mend it; null where it is.',
  })
  problem!: ConnectionProblem | null;
}

/** `defaultChannel` is added by the channels feature, which this one may not import. */
@ObjectType({
  description:
    "A user's explicit choice: one per user and workspace. Its default channel serves sends with `sender.selectedBy` and no channel.",
  simpleResolvers: true,
})
export class IdentitySelection {
  @Field(() => ID, { description: 'Whose choice it is.' })
  userId!: string;

  @Field(() => Identity, { description: 'What they chose.' })
  identity!: Identity;

  /** Not a field of the API: what `defaultChannel` is loaded by. */
  defaultChannelId!: string | null;

  @Field(() => DateTime, { description: 'When they chose it.' })
  selectedAt!: Date;
}

@InputType({ description: "The viewer's choice; it replaces an earlier one." })
export class SelectIdentityInput {
  @Field(() => ID, { description: 'The workspace that the choice is for.' })
  workspaceId!: string;

  @Field(() => IdentityKind, { description: 'The bot, or the viewer themself.' })
  kind!: IdentityKind;

  @Field(() => ID, {
    description:
      'The workspace connection to post through. For its bot it must be ACTIVE; for a person not DISCONNECTED.',
  })
  connectionId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Required for PERSONAL_USER, refused otherwise. Must be the viewer's own.",
  })
  authorizationId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The conversation (`C…`, `G…`, `D…`) for sends by this selection that name none; it must be one that the identity can see.',
  })
  defaultChannelId?: string | null;
}

@ObjectType({ description: 'The choice as it stands now.', simpleResolvers: true })
export class SelectIdentityPayload {
  @Field(() => IdentitySelection, {
    nullable: true,
    description: 'The selection; null on an error, which leaves the earlier one as it was.',
  })
  selection!: IdentitySelection | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was stored.' })
  userErrors!: UserError[];
}

@InputType({ description: "Which of the viewer's choices to forget." })
export class ClearIdentityInput {
  @Field(() => ID, { description: 'The workspace that the choice was for.' })
  workspaceId!: string;
}

@ObjectType({ description: 'What clearing did.', simpleResolvers: true })
export class ClearIdentityPayload {
  @Field(() => Boolean, { description: 'Whether there was a choice to forget.' })
  cleared!: boolean;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was done.' })
  userErrors!: UserError[];
}
