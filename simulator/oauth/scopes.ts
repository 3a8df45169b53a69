/** Scopes in Slack's words, and who may hold them. */
interface ScopeFacts {
  readonly words: string;
  readonly for: 'bot' | 'user' | 'both';
}

const both = (words: string): ScopeFacts => ({ words, for: 'both' });

const SCOPES: Readonly<Record<string, ScopeFacts>> = {
  'app_mentions:read': { words: 'View messages that mention it directly', for: 'bot' },
  'channels:history': both('Read messages in public channels'),
  'channels:join': { words: 'Join public channels', for: 'bot' },
  'channels:manage': { words: 'Manage public channels', for: 'bot' },
  'channels:read': both('View basic information about public channels'),
  'channels:write': { words: 'Manage public channels', for: 'user' },
  'chat:write': both('Send messages'),
  'chat:write.customize': { words: 'Send messages with a customised name and avatar', for: 'bot' },
  'chat:write.public': { words: 'Send messages to public channels that it is not a member of', for: 'bot' },
  commands: { words: 'Add shortcuts and slash commands', for: 'bot' },
  'files:read': both('View files'),
  'files:write': both('Upload, edit and delete files'),
  'groups:history': both('Read messages in private channels that it was added to'),
  'groups:read': both('View basic information about private channels that it was added to'),
  'groups:write': both('Manage private channels'),
  'im:history': both('Read direct messages'),
  'im:read': both('View basic information about direct messages'),
  'im:write': both('Start direct messages with people'),
  'incoming-webhook': { words: 'Post to one channel of your choice', for: 'bot' },
  'links:read': both('View certain URLs in messages'),
  'links:write': both('Show previews of certain URLs'),
  'metadata.message:read': { words: 'Read message metadata', for: 'bot' },
  'mpim:history': both('Read messages in group direct messages'),
  'mpim:read': both('View basic information about group direct messages'),
  'mpim:write': both('Start group direct messages with people'),
  'reactions:read': both('View emoji reactions'),
  'reactions:write': both('Add and edit emoji reactions'),
  'team:read': both('View the name, domain and icon of the workspace'),
  'usergroups:read': both('View user groups'),
  'users:read': both('View people in the workspace'),
  'users:read.email': both('View email addresses of people in the workspace'),
};

/** `you` where the permission is a person's own. */
export function wordsOf(scope: string, holder: 'bot' | 'user'): string {
  const words = SCOPES[scope]?.words ?? scope;
  return holder === 'user' ? words.replace('it was added', 'you were added') : words;
}

export function splitScopes(list: string): string[] {
  return [...new Set(list.split(/[\s,]+/).filter((scope) => scope !== ''))];
}

/** The scopes that this kind of token cannot have. */
export function impossibleScopes(scopes: readonly string[], holder: 'bot' | 'user'): string[] {
  return scopes.filter((scope) => {
    const facts = Object.hasOwn(SCOPES, scope) ? SCOPES[scope] : undefined;
    return facts === undefined || (facts.for !== 'both' && facts.for !== holder);
  });
}
