import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { describedEnum } from '../graphql/described-enum.ts';
import { PageInfo } from '../graphql/page.types.ts';
import { DateTime } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';

export const ChannelType = describedEnum(
  'ChannelType',
  'The kind of a Slack conversation (Slack: reference/objects/conversation-object).',
  {
    PUBLIC: 'A public channel. Needs `channels:read` to be listed.',
    PRIVATE: 'A private channel that the identity is in. Needs `groups:read`.',
    GROUP_DM: 'A direct message among several people. Needs `mpim:read`.',
    DM: 'A direct message with one person. Needs `im:read`.',
  },
);
export type ChannelType = keyof typeof ChannelType;

export const Postable = describedEnum('Postable', 'Whether the identity could post there, as far as is known.', {
  YES: 'Yes.',
  NEEDS_INVITE: 'Only after it is invited to the channel.',
  ARCHIVED: 'No: the channel is archived.',
  READ_ONLY: 'No: posting there is restricted.',
  UNKNOWN: 'Slack does not tell, or takes replies in threads only; a send will show.',
});
export type Postable = keyof typeof Postable;

@ObjectType({ description: 'A Slack conversation, as one identity sees it.', simpleResolvers: true })
export class Channel {
  @Field(() => ID, { description: "Slack's id, `C…`, `G…` or `D…`. Names change; send by this." })
  id!: string;

  @Field(() => String, {
    description: "Its name without `#`; for a direct message the other person's name, or their Slack id.",
  })
  name!: string;

  @Field(() => ChannelType, { description: 'What kind of conversation it is.' })
  type!: ChannelType;

  @Field(() => Boolean, { description: 'Whether it is archived in Slack.' })
  isArchived!: boolean;

  @Field(() => Boolean, { description: 'Whether the identity is a member.' })
  isMember!: boolean;

  @Field(() => Boolean, { description: 'Whether it is shared with another organisation (Slack Connect).' })
  isShared!: boolean;

  @Field(() => Int, { nullable: true, description: 'How many members it has; null where Slack does not say.' })
  memberCount!: number | null;

  @Field(() => String, { nullable: true, description: 'Its topic; null where there is none.' })
  topic!: string | null;

  @Field(() => Postable, { description: 'Whether the identity could post there.' })
  postable!: Postable;
}

@ObjectType({
  description:
    'Never a silent gap: says whether the listing is complete, as of when, and what is missing. Not complete while the first sync runs, ' +
    'while a new conversation that Slack told of is not listed yet, or where the scope of a type is missing: the gap then names the scope.',
  simpleResolvers: true,
})
export class DirectoryState {
  @Field(() => Boolean, { description: 'Whether everything that the identity can see is listed.' })
  complete!: boolean;

  @Field(() => DateTime, { nullable: true, description: 'As of when; null before the first sync has ended.' })
  syncedAt!: Date | null;

  @Field(() => Boolean, { description: 'Whether a sync is running.' })
  syncing!: boolean;

  @Field(() => [String], { description: 'What is missing, each in a sentence; empty where nothing is.' })
  gaps!: string[];
}

@ObjectType({ description: 'One entry of a page of channels.', simpleResolvers: true })
export class ChannelEdge {
  @Field(() => String, { description: 'Opaque; pass as `after` to go on from here.' })
  cursor!: string;

  @Field(() => Channel, { description: 'The conversation.' })
  node!: Channel;
}

@ObjectType({ description: 'A page of the conversations that an identity can see, by name.', simpleResolvers: true })
export class ChannelConnection {
  @Field(() => [ChannelEdge], { description: 'The entries with their cursors.' })
  edges!: ChannelEdge[];

  @Field(() => [Channel], { description: 'The same entries without cursors.' })
  nodes!: Channel[];

  @Field(() => PageInfo, { description: 'Where this page lies in the whole list.' })
  pageInfo!: PageInfo;

  @Field(() => DirectoryState, { description: 'How complete and how fresh the listing is.' })
  directory!: DirectoryState;
}

@InputType({ description: 'Whose channel directory to read again from Slack.' })
export class RefreshChannelsInput {
  @Field(() => ID, { description: 'An identity that the viewer may list channels of.' })
  identityId!: string;
}

@ObjectType({ description: 'The directory as it is now; the sync goes on by itself.', simpleResolvers: true })
export class RefreshChannelsPayload {
  @Field(() => DirectoryState, { nullable: true, description: 'Its state; null on an error.' })
  directory!: DirectoryState | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was begun.' })
  userErrors!: UserError[];
}
