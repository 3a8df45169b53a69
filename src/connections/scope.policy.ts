export interface MissingScope {
  readonly scope: string;
  readonly without: string;
}

/** What does not work without a scope of the bot, in a sentence. */
const WITHOUT: Readonly<Record<string, string>> = {
  'chat:write': 'Nothing can be posted as the bot.',
  'chat:write.public': 'The bot posts only in channels that it was invited to.',
  'channels:read': 'Public channels are not listed, and a channel cannot be checked before a message is sent.',
  'channels:join': 'The bot cannot join a public channel by itself.',
  'groups:read': 'Private channels that the bot is in are not listed.',
  'im:read': 'Direct messages with the bot are not listed.',
  'mpim:read': 'Group direct messages that the bot is in are not listed.',
  'users:read': 'People and the bot are shown by their Slack ids, not by their names.',
  'channels:history': 'A message whose answer was lost cannot be looked up in public channels, so it ends UNCONFIRMED.',
  'groups:history': 'A message whose answer was lost cannot be looked up in private channels, so it ends UNCONFIRMED.',
  'im:history': 'A message whose answer was lost cannot be looked up in direct messages, so it ends UNCONFIRMED.',
  'mpim:history':
    'A message whose answer was lost cannot be looked up in group direct messages, so it ends UNCONFIRMED.',
};

/** Wanted and not granted, in the order wanted. A granted scope is what Slack said, never what was asked for. */
export const missingScopes = (wanted: readonly string[], granted: readonly string[]): MissingScope[] =>
  wanted
    .filter((scope) => !granted.includes(scope))
    .map((scope) => ({ scope, without: WITHOUT[scope] ?? `What Slack allows with ${scope} is not available.` }));
