import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { JSONObject } from '../graphql/scalars.ts';
import { UserError } from '../graphql/user-error.types.ts';
import { Priority } from './priority.types.ts';

@ObjectType({ description: 'Something that can be triggered, and how it reads in Slack.', simpleResolvers: true })
export class EventType {
  @Field(() => ID, { description: 'Its key, unique in the workspace, for example `audit_complete`.' })
  key!: string;

  @Field(() => String, { description: 'Its name for people.' })
  title!: string;

  @Field(() => Boolean, {
    description: 'Whether it comes with the server; such a one can be neither changed nor deleted.',
  })
  builtIn!: boolean;

  @Field(() => String, {
    description: 'Liquid. Values are escaped for mrkdwn; nothing in a value can become a mention or a link.',
  })
  template!: string;

  @Field(() => String, {
    description:
      'Used, whole, where the context lacks a placeholder of the template; its own placeholders fall away where they are missing.',
  })
  fallback!: string;

  @Field(() => Priority, { description: 'The priority of what it triggers, unless a trigger says another.' })
  priority!: Priority;

  @Field(() => JSONObject, { description: 'An example of a context; what testEvent sends.' })
  sampleContext!: Record<string, unknown>;
}

@ObjectType({ description: 'What a trigger says, or would say.', simpleResolvers: true })
export class RenderedMessage {
  @Field(() => String, { description: 'Slack mrkdwn, as it is posted.' })
  text!: string;

  @Field(() => Boolean, { description: 'Whether the fallback was used, since the context lacked a placeholder.' })
  usedFallback!: boolean;

  @Field(() => [String], {
    description:
      'The placeholders of the template that the context lacked; null counts as lacking. One that only a condition or the filter ' +
      '`default` asks for is named as well, though the template can do without. A calculation that has no result, as one by ' +
      'zero, is named whole.',
  })
  missing!: string[];

  @Field(() => Priority, { description: 'The priority that it is sent with.' })
  priority!: Priority;
}

@InputType({ description: 'What to render.' })
export class PreviewEventInput {
  @Field(() => ID, { description: 'The workspace whose event type it is.' })
  workspaceId!: string;

  @Field(() => String, { description: "The event type's key." })
  eventType!: string;

  @Field(() => JSONObject, {
    nullable: true,
    description:
      'What fills the placeholders, at most 16 KiB and 8 levels; nothing does where it is left out, as with triggerEvent.',
  })
  context?: Record<string, unknown> | null;

  @Field(() => String, {
    nullable: true,
    description: 'Preview an unsaved template; with `fallback`, of an event type that is not saved yet.',
  })
  template?: string | null;

  @Field(() => String, { nullable: true, description: 'Preview an unsaved fallback.' })
  fallback?: string | null;
}

@InputType({ description: 'An event type to make, or to change where the key exists.' })
export class SaveEventTypeInput {
  @Field(() => ID, { description: 'The workspace that it is for.' })
  workspaceId!: string;

  @Field(() => ID, {
    description:
      'Its key, unique in the workspace: 1 to 100 letters, digits, `.`, `_`, `-` or `:`, a letter or digit first. BUILT_IN_EVENT_TYPE where it is that of a built-in one.',
  })
  key!: string;

  @Field(() => String, { description: 'Its name for people, 1 to 200 characters.' })
  title!: string;

  @Field(() => String, {
    description:
      'Liquid, at most 10,000 characters, or the older `{name}`, which is stored as Liquid; refused with INVALID_TEMPLATE where it cannot be parsed.',
  })
  template!: string;

  @Field(() => String, {
    description:
      'Used, whole, where the context lacks a placeholder of the template. Liquid as well; has to say something without any value.',
  })
  fallback!: string;

  @Field(() => Priority, { description: 'The priority of what it triggers, unless a trigger says another.' })
  priority!: Priority;

  @Field(() => JSONObject, {
    description:
      'An example of a context, which testEvent sends; at most 16 KiB and 8 levels. What it lacks makes the fallback be said.',
  })
  sampleContext!: Record<string, unknown>;
}

@ObjectType({ description: 'The event type as saved.', simpleResolvers: true })
export class SaveEventTypePayload {
  @Field(() => EventType, { nullable: true, description: 'The event type; null on an error.' })
  eventType!: EventType | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was saved.' })
  userErrors!: UserError[];
}

@InputType({ description: 'Which event type to delete.' })
export class DeleteEventTypeInput {
  @Field(() => ID, { description: 'The workspace whose event type it is.' })
  workspaceId!: string;

  @Field(() => ID, {
    description:
      "The event type's key. A built-in one is refused with BUILT_IN_EVENT_TYPE, one that is not there with UNKNOWN_EVENT_TYPE.",
  })
  key!: string;
}

@ObjectType({
  description: 'What deleting did. Notifications that it triggered stay as they are.',
  simpleResolvers: true,
})
export class DeleteEventTypePayload {
  @Field(() => Boolean, { description: 'Whether it was deleted.' })
  deleted!: boolean;

  @Field(() => [UserError], { description: 'Why it was refused; empty where it was deleted.' })
  userErrors!: UserError[];
}
