/** What earlier answers held, so that the next step of the walk is filled in. Kept for the browser tab only. */
export interface Memory {
  readonly workspaceId?: string;
  readonly userId?: string;
  readonly authorizeUrl?: string;
  readonly claim?: string;
  readonly failed?: string;
  readonly connectionId?: string;
  readonly authorizationId?: string;
  readonly botIdentityId?: string;
  readonly personIdentityId?: string;
  readonly channelId?: string;
  readonly notificationId?: string;
  readonly liveCursor?: string;
}

const MEMORY_KEY = 'heliograph.walk';
const listeners = new Set<() => void>();
let memory: Memory = JSON.parse(sessionStorage.getItem(MEMORY_KEY) ?? '{}') as Memory;

export const recall = (): Memory => memory;

export function onMemory(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function remember(news: { readonly [Key in keyof Memory]?: Memory[Key] | undefined }): void {
  const known = Object.entries({ ...memory, ...news }).filter(([, value]) => value !== undefined);
  memory = Object.fromEntries(known);
  sessionStorage.setItem(MEMORY_KEY, JSON.stringify(memory));
  for (const listener of listeners) listener();
}

type News = Parameters<typeof remember>[0];
interface Named {
  readonly id: string;
}

interface SeenChannel extends Partial<Named> {
  readonly postable?: string;
  readonly isMember?: boolean;
}

interface SeenIdentity extends Partial<Named> {
  readonly kind?: string;
  readonly connection?: Partial<Named>;
}

/** The bot and the person of one connection, of the remembered one where it has any: no other has its channels. */
const sendersOf = (identities: readonly SeenIdentity[]): News => {
  const connections = identities.map(({ connection }) => connection?.id);
  const connectionId = connections.find((id) => id === memory.connectionId) ?? connections[0];
  const here = identities.filter(({ connection }) => connection?.id === connectionId);
  return {
    connectionId: connectionId ?? memory.connectionId,
    botIdentityId: here.find(({ kind }) => kind === 'WORKSPACE_BOT')?.id,
    personIdentityId: here.find(({ kind }) => kind === 'PERSONAL_USER')?.id,
  };
};

/** Where a message most surely arrives: as a member, where posting is allowed. */
const surestChannel = (channels: readonly SeenChannel[]): SeenChannel | undefined => {
  const open = channels.filter(({ postable }) => postable === 'YES');
  return open.find(({ isMember }) => isMember) ?? open[0] ?? channels[0];
};

/** The parts of answers that the walk learns from; a document of the reader's own may leave any of them out. */
interface Answers {
  readonly viewer: { readonly userId?: string; readonly memberships?: readonly { readonly workspaceId?: string }[] };
  readonly beginSlackInstall: { readonly authorizeUrl?: string | null };
  readonly completeSlackInstall: { readonly connection?: Named | null; readonly authorization?: Named | null };
  readonly connections: readonly (Partial<Named> & { readonly myAuthorization?: Named | null })[];
  readonly availableIdentities: readonly SeenIdentity[];
  readonly channels: { readonly nodes?: readonly SeenChannel[] };
  readonly sendNotification: { readonly notification?: Named | null };
  readonly notificationHistory: { readonly nodes?: readonly Partial<Named>[]; readonly liveCursor?: string };
}

/** By root field: what its answer teaches. */
const LESSONS: { readonly [Field in keyof Answers]: (answer: Answers[Field]) => News } = {
  viewer: ({ userId, memberships }) => ({
    userId,
    workspaceId: memberships?.find(({ workspaceId }) => workspaceId !== '*')?.workspaceId,
  }),
  beginSlackInstall: ({ authorizeUrl }) => ({
    authorizeUrl: authorizeUrl ?? undefined,
    claim: undefined,
    failed: undefined,
  }),
  completeSlackInstall: ({ connection, authorization }) =>
    connection
      ? {
          connectionId: connection.id,
          authorizationId: authorization?.id ?? memory.authorizationId,
          claim: undefined,
          authorizeUrl: undefined,
        }
      : {},
  connections: ([newest]) => ({ connectionId: newest?.id, authorizationId: newest?.myAuthorization?.id }),
  availableIdentities: sendersOf,
  channels: ({ nodes }) => ({ channelId: surestChannel(nodes ?? [])?.id }),
  sendNotification: ({ notification }) => ({ notificationId: notification?.id ?? memory.notificationId }),
  notificationHistory: ({ nodes, liveCursor }) => ({ notificationId: nodes?.[0]?.id, liveCursor }),
};

export function learn(data: unknown): void {
  for (const [field, answer] of Object.entries(data ?? {})) {
    const lesson = LESSONS[field as keyof Answers] as ((answer: unknown) => News) | undefined;
    if (lesson && answer) remember(lesson(answer));
  }
}
