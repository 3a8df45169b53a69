import type { Enterprise } from '../model.ts';

/** The shape of a seeded team; teams/*.ts fill it in, build.ts makes it real. */
export interface TeamPlan {
  readonly id: string;
  /** Four characters in every id of the team: `C0<code>0001`. */
  readonly code: string;
  readonly name: string;
  readonly domain: string;
  readonly enterprise: Enterprise | null;
  readonly people: readonly PersonPlan[];
  readonly channels: readonly ChannelPlan[];
  readonly messages: readonly MessagePlan[];
}

export interface PersonPlan {
  readonly handle: string;
  readonly realName: string;
  readonly title: string;
  readonly isAdmin?: boolean;
  readonly deleted?: boolean;
  readonly timezone?: string;
}

export interface ChannelPlan {
  readonly name: string;
  readonly kind?: 'public' | 'private' | 'mpim' | 'im';
  readonly topic?: string;
  readonly purpose?: string;
  readonly archived?: boolean;
  readonly readOnly?: boolean;
  readonly threadOnly?: boolean;
  readonly shared?: boolean;
  readonly botJoins?: boolean;
  /** Handles; absent = everybody of the team. */
  readonly members?: readonly string[];
  readonly uncountedMembers?: number;
}

export interface MessagePlan {
  readonly channel: string;
  readonly from: string;
  readonly minutesAgo: number;
  readonly text: string;
  readonly replies?: readonly { readonly from: string; readonly text: string }[];
}
