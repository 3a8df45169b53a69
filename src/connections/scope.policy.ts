export interface MissingScope {
  readonly scope: string;
  readonly without: string;
}

/** What an install asks for: of the bot, and of a person. */
export interface WantedScopes {
  readonly bot: readonly string[];
  readonly user: readonly string[];
}

/** What does not work without a scope of the bot, in a sentence. */
const WITHOUT: Readonly<Record<string, string>> = {
  'chat:write': 'Nothing can be posted as the bot.',
  'chat:write.public': 'The bot posts only in channels that it was invited to.',
  'channels:read': 'Public channels are not listed, and a channel cannot be checked before a message is sent.',
  'channels:join': 'The bot cannot join a public channel by itself.',
  'groups:read': 'Private channels that the bot is in are neither listed nor checked before a message is sent.',
  'im:read': 'Direct messages with the bot are not listed.',
  'mpim:read': 'Group direct messages that the bot is in are not listed.',
  'users:read': 'People and the bot are shown by their Slack ids, not by their names.',
  'channels:history': 'A message whose answer was lost cannot be looked up in public channels, so it ends UNCONFIRMED.',
  'groups:history': 'A message whose answer was lost cannot be looked up in private channels, so it ends UNCONFIRMED.',
  'im:history': 'A message whose answer was lost cannot be looked up in direct messages, so it ends UNCONFIRMED.',
  'mpim:history':
    'A message whose answer was lost cannot be looked up in group direct messages, so it ends UNCONFIRMED.',
};

/** The same of a person, who lists and posts by themself; lost answers are looked up by the bot. */
const WITHOUT_OF_PERSON: Readonly<Record<string, string>> = {
  'chat:write': 'Nothing can be posted as this person.',
  'channels:read': 'Public channels are not listed for this person, nor checked before a message is sent.',
  'groups:read': 'Private channels of this person are neither listed nor checked before a message is sent.',
  'im:read': 'Direct messages of this person are not listed.',
  'mpim:read': 'Group direct messages of this person are not listed.',
  'users:read': 'Names are read by the bot; where it may not either, people are shown by their Slack ids.',
};

const missing = (
  wanted: readonly string[],
  granted: readonly string[],
  without: Readonly<Record<string, string>>,
): MissingScope[] =>
  wanted
    .filter((scope) => !granted.includes(scope))
    .map((scope) => ({ scope, without: without[scope] ?? `What Slack allows with ${scope} is not available.` }));

/** Wanted and not granted, in the order wanted. A granted scope is what Slack said, never what was asked for. */
export const missingScopes = (wanted: readonly string[], granted: readonly string[]): MissingScope[] =>
  missing(wanted, granted, WITHOUT);

export const missingPersonalScopes = (wanted: readonly string[], granted: readonly string[]): MissingScope[] =>
  missing(wanted, granted, WITHOUT_OF_PERSON);
