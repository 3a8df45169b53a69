import 'reflect-metadata';
import { Field, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { UserErrorCode as Code } from '../platform/user-error.ts';
import { describedEnum } from './described-enum.ts';

export const UserErrorCode = describedEnum(
  'UserErrorCode',
  'What a caller did that cannot be done, as a stable code.',
  {
    NOT_FOUND: 'No such object, or it is not visible to the viewer: the two are never told apart.',
    INVALID_INPUT: 'A value is out of its range or form; `field` names it.',
    WORKSPACE_CONNECTION_REQUIRED: 'A personal authorization needs an active workspace connection first.',
    IDENTITY_NOT_SELECTED: 'The user meant by `sender.selectedBy` has selected no identity in the workspace.',
    IDENTITY_NOT_USABLE:
      'The identity exists but cannot post now: its authorization has ended, or it was not granted `chat:write`.',
    IDENTITY_NOT_YOURS: "The identity, or the selection, is another person's.",
    CONNECTION_NEEDS_REAUTHORIZATION: 'Slack no longer accepts the authorization: reconnect it.',
    CONNECTION_DISCONNECTED: 'It was disconnected: connect it again.',
    TEAM_MISMATCH:
      'The tokens that would post are those of another Slack team, see TeamMismatchError, or of another bot or person of it.',
    CHANNEL_REQUIRED: 'Give `channelId`, or select a default channel.',
    CHANNEL_NOT_FOUND: 'The channel is not known, or the identity cannot see it.',
    INVALID_MESSAGE: 'The text or the blocks are not a message that Slack would take.',
    UNKNOWN_EVENT_TYPE: 'The workspace has no event type of this key.',
    INVALID_TEMPLATE:
      'The Liquid template cannot be parsed, or not be rendered within its limits; see InvalidTemplateError.',
    BUILT_IN_EVENT_TYPE: 'A built-in event type can be neither changed nor deleted, and its key not be used again.',
    IDEMPOTENCY_CONFLICT: 'The idempotency key was used with another input; see IdempotencyConflictError.',
    QUEUE_FULL: 'Too many notifications are waiting in the workspace; see QueueFullError.',
    NOT_CANCELABLE: 'It is already being sent, or has come to rest.',
    NOT_RESENDABLE: 'Only a FAILED, CANCELED or UNCONFIRMED notification can be resent, and once.',
    NOT_UNCONFIRMED: 'Only an UNCONFIRMED notification can be resolved.',
    RETURN_ORIGIN_NOT_ALLOWED: "The origin of `returnTo` is not one of the server's RETURN_ORIGINS.",
    QUEUED_NOTIFICATIONS: 'Notifications are still queued on it, and the caller asked to refuse in that case.',
    CLAIM_INVALID: 'The claim is unknown, or was already used: begin the install again.',
    CLAIM_EXPIRED: 'The claim is older than 10 minutes: begin the install again.',
    CLAIM_NOT_YOURS: 'Another viewer began this install; the claim was ended.',
  } satisfies Record<Code, string>,
);
export type UserErrorCode = keyof typeof UserErrorCode;

@InterfaceType({
  description:
    'Something that the caller can mend. Select `code message field` for every error; `... on` the implementing types for their extra fields.',
})
export abstract class UserError {
  @Field(() => UserErrorCode, { description: 'Stable: decide by this, never by the message.' })
  code!: UserErrorCode;

  @Field(() => String, { description: 'What is wrong, in a sentence for a person.' })
  message!: string;

  @Field(() => [String], {
    nullable: true,
    description: 'The path of the input field at fault, for example `["input", "channelId"]`; null where none is.',
  })
  field!: string[] | null;

  @Field(() => String, { description: 'What to do next, in a sentence for a person.' })
  remedy!: string;
}

@ObjectType({
  implements: UserError,
  description: 'An error that its code and message describe fully.',
  simpleResolvers: true,
})
export class SimpleUserError extends UserError {}

@ObjectType({
  implements: UserError,
  description:
    'TEAM_MISMATCH: the tokens that would post are those of another Slack team than the one expected. Nothing was sent.',
  simpleResolvers: true,
})
export class TeamMismatchError extends UserError {
  @Field(() => ID, { description: 'The Slack team (`T…`) that the connection belongs to.' })
  expectedTeamId!: string;

  @Field(() => ID, { description: 'The Slack team (`T…`) that the tokens are of.' })
  actualTeamId!: string;
}

@ObjectType({
  implements: UserError,
  description: 'QUEUE_FULL: as many notifications wait in the workspace as may. Nothing was stored.',
  simpleResolvers: true,
})
export class QueueFullError extends UserError {
  @Field(() => Int, { description: 'Try again after this many seconds.' })
  retryAfterSeconds!: number;
}

@ObjectType({
  implements: UserError,
  description: 'INVALID_TEMPLATE: where in the template or the fallback (`field` says which) the fault is.',
  simpleResolvers: true,
})
export class InvalidTemplateError extends UserError {
  @Field(() => Int, { description: 'The line, counted from 1.' })
  line!: number;

  @Field(() => Int, { description: 'The column in that line, counted from 1.' })
  column!: number;
}
