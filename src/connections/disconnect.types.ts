import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { describedEnum } from '../graphql/described-enum.ts';
import { UserError } from '../graphql/user-error.types.ts';
import { PersonalAuthorization, WorkspaceConnection } from './connections.types.ts';

export const QueuedOnDisconnect = describedEnum(
  'QueuedOnDisconnect',
  'What a disconnect does with what is still queued.',
  {
    CANCEL:
      'Cancel it: each ends CANCELED with CANCELED_BY_DISCONNECT, or UNCONFIRMED where an earlier try may have posted it.',
    REFUSE: 'Refuse to disconnect while something is queued, with QUEUED_NOTIFICATIONS.',
  },
);
export type QueuedOnDisconnect = keyof typeof QueuedOnDisconnect;

@InputType({ description: 'What to disconnect.' })
export class DisconnectInput {
  @Field(() => ID, { description: "A workspace connection's or a personal authorization's id." })
  id!: string;

  @Field(() => QueuedOnDisconnect, {
    nullable: true,
    defaultValue: 'CANCEL',
    description: 'Cancel what is still queued (default), or refuse to disconnect while something is.',
  })
  queued!: QueuedOnDisconnect | null;
}

@ObjectType({
  description: 'What a disconnect did. With an error in `userErrors`, it did nothing.',
  simpleResolvers: true,
})
export class DisconnectPayload {
  @Field(() => WorkspaceConnection, {
    nullable: true,
    description: 'The workspace connection, where one was disconnected.',
  })
  connection!: WorkspaceConnection | null;

  @Field(() => PersonalAuthorization, {
    nullable: true,
    description: 'The personal authorization, where one was disconnected.',
  })
  authorization!: PersonalAuthorization | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Null where nothing had to be revoked (another connection still uses the same grant). False where Slack could not be reached yet: ' +
      'the tokens are gone here all the same and the revocation is retried. (Slack: reference/methods/auth.revoke)',
  })
  revokedAtSlack!: boolean | null;

  @Field(() => Int, { description: 'How many queued notifications were canceled.' })
  canceledNotifications!: number;

  @Field(() => Int, { description: "How many users' selections named it and were cleared." })
  clearedIdentities!: number;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was done.' })
  userErrors!: UserError[];
}
