import type { NotificationDetailQuery } from '../../generated/graphql.ts';

/** What a copy tells of a notification. */
export type Copied = Pick<
  NonNullable<NotificationDetailQuery['notification']>,
  'workspaceId' | 'identity' | 'channelId' | 'text' | 'threadTs' | 'eventType' | 'priority' | 'blocks'
>;

const given = (value: unknown): boolean => value !== null && value !== undefined;

const onlyGiven = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => given(value)));

/** What Slack is sent, as far as the history knows it. */
export const asJson = ({ channelId, text, blocks, threadTs }: Copied): string =>
  JSON.stringify(onlyGiven({ channel: channelId, text, blocks, thread_ts: threadTs }), null, 2);

/** GraphQL's literals are JSON's but for the keys and the names of enums. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key}: ${literal(each)}`)
    .join(', ')} }`;
}

/** A call that sends the same message again: to paste into the playground or a program. */
export function asGraphQL(detail: Copied): string {
  const { workspaceId, identity, channelId, text, threadTs, eventType, priority, blocks } = detail;
  const isPlain = (blocks ?? []).every((block) => isNameable(block));
  const lines = Object.entries(
    onlyGiven({
      workspaceId,
      sender: identity && { identityId: identity.id },
      channelId,
      text,
      threadTs,
      eventType,
      blocks: isPlain ? blocks : undefined,
    }),
  ).map(([key, value]) => `    ${key}: ${literal(value)}`);
  return [
    ...(isPlain ? [] : ['# Without its blocks: a key in them is no name in GraphQL. Give them as a variable.']),
    'mutation {',
    '  sendNotification(input: {',
    ...lines,
    `    priority: ${priority}`,
    '  }) {',
    '    notification { id status }',
    '    userErrors { code message remedy }',
    '  }',
    '}',
  ].join('\n');
}

/** Whether every key is a name that GraphQL can write. */
function isNameable(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isNameable);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, each]) => /^[_A-Za-z]\w*$/.test(key) && isNameable(each));
}
