import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { PersonalAuthorization, WorkspaceConnection } from '../connections/connections.types.ts';
import { describedEnum } from '../graphql/described-enum.ts';
import { DateTime, Url } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';

export const InstallIntent = describedEnum(
  'InstallIntent',
  "What a trip through Slack's OAuth is for; each asks only its own kind of scopes.",
  {
    WORKSPACE: 'Install the bot for the workspace. Admins only.',
    PERSONAL: "Connect the viewer's own Slack account, under a workspace connection that exists.",
  },
);
export type InstallIntent = keyof typeof InstallIntent;

@InputType({ description: "How to begin a trip through Slack's OAuth." })
export class BeginSlackInstallInput {
  @Field(() => ID, { description: 'The workspace to connect.' })
  workspaceId!: string;

  @Field(() => InstallIntent, { description: 'The bot, or the viewer themself.' })
  intent!: InstallIntent;

  @Field(() => ID, {
    nullable: true,
    description:
      'PERSONAL: the workspace connection that the person joins. WORKSPACE: the connection to reconnect. The callback refuses any other Slack team.',
  })
  connectionId?: string | null;

  @Field(() => Url, {
    nullable: true,
    description:
      'Where the browser goes at the end; its origin must be one of RETURN_ORIGINS. Up to 2,000 characters. Without it a plain page shows the claim.',
  })
  returnTo?: URL | null;
}

@ObjectType({ description: 'Where to send the browser.', simpleResolvers: true })
export class BeginSlackInstallPayload {
  @Field(() => Url, { nullable: true, description: "Slack's page of consent for this install; null on an error." })
  authorizeUrl!: URL | string | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The trip must be back by then, 10 minutes from now; null on an error.',
  })
  expiresAt!: Date | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was begun.' })
  userErrors!: UserError[];
}

@InputType({ description: 'How to end a trip: by the same viewer who began it.' })
export class CompleteSlackInstallInput {
  @Field(() => String, {
    description: 'The `claim` that the browser brought back to `returnTo`. Works once, for 10 minutes.',
  })
  claim!: string;
}

@ObjectType({ description: 'What is connected now.', simpleResolvers: true })
export class CompleteSlackInstallPayload {
  @Field(() => WorkspaceConnection, {
    nullable: true,
    description: 'The workspace connection made, revived or joined; null on an error.',
  })
  connection!: WorkspaceConnection | null;

  @Field(() => PersonalAuthorization, { nullable: true, description: 'PERSONAL only.' })
  authorization!: PersonalAuthorization | null;

  @Field(() => [UserError], { description: 'Why nothing was connected; empty where it was.' })
  userErrors!: UserError[];
}
