import { Field, ID, ObjectType } from 'type-graphql';
import { describedEnum } from '../graphql/described-enum.ts';

export const Role = describedEnum('Role', 'What a viewer may do in a workspace, as the bearer token says.', {
  ADMIN: 'Connects and disconnects Slack teams, saves event types, and sees everything in the workspace.',
  MEMBER: 'Sends as the bot or as themself, and sees what concerns them.',
  SERVICE:
    "A program of the host product: sends as the bot or by users' own selections, and sees everything in the workspace.",
});
export type Role = keyof typeof Role;

@ObjectType({ description: "The viewer's role in one workspace.", simpleResolvers: true })
export class Membership {
  @Field(() => ID, {
    description:
      "The workspace: an opaque id of the host product's, 1 to 128 characters. `*` (a service only) means any workspace.",
  })
  workspaceId!: string;

  @Field(() => Role, { description: 'The role there.' })
  role!: Role;
}

@ObjectType('Viewer', { description: 'Who the bearer token says is calling.', simpleResolvers: true })
export class ViewerType {
  @Field(() => ID, { description: "The token's `sub`: the host product's id of a user, or `service:<name>`." })
  userId!: string;

  @Field(() => [Membership], { description: 'The role in each workspace, as the token says.' })
  memberships!: Membership[];
}
