import type { Memory } from './memory.ts';

const OPERATIONS = import.meta.glob<string>('./operations/*.graphql', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** An operation of the folder beside this file, by its file's name. */
export function operation(name: string): string {
  const text = OPERATIONS[`./operations/${name}.graphql`];
  if (text === undefined) throw new Error(`There is no playground/operations/${name}.graphql.`);
  return text.trim();
}

export interface Example {
  readonly title: string;
  /** What it does and what to look at. */
  readonly hint: string;
  readonly query: string;
  readonly variables?: (memory: Memory) => Record<string, unknown>;
}

export interface ExampleGroup {
  readonly title: string;
  /** GraphiQL runs one operation at a time, and another tab of its own stops it. */
  readonly needsSecondWindow?: true;
  readonly examples: readonly Example[];
}

export const returnTo = (): string => `${location.origin}/playground/`;
export const workspaceId = (memory: Memory): string => memory.workspaceId ?? 'your-workspace';
export const known = (value: string | undefined, from: string): string => value ?? `(${from})`;
export const connectionId = (memory: Memory): string => known(memory.connectionId, 'an id from Connections');
export const notificationId = (memory: Memory): string => known(memory.notificationId, 'an id from History');
export const bot = (memory: Memory): string => known(memory.botIdentityId, 'an id from Identities');
export const person = (memory: Memory): string => known(memory.personIdentityId, 'an id from Identities');
export const channelId = (memory: Memory): string => known(memory.channelId, 'an id from Channels');

export const send = (memory: Memory, text: string, rest: object): Record<string, unknown> => ({
  input: { workspaceId: workspaceId(memory), text, ...rest },
});
export const asBot = (memory: Memory): object => ({
  sender: { identityId: bot(memory) },
  channelId: channelId(memory),
});
