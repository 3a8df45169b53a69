import { type FieldPolicy, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { POSSIBLE_TYPES } from './possible-types.ts';

interface Page {
  readonly liveCursor?: string;
  readonly edges?: readonly { readonly cursor?: string }[];
}

const pages = relayStylePagination(['workspaceId', 'filter', 'first']);

/** Older pages keep the first page's cursor: what came since then is what the live stream must still tell. */
const history: FieldPolicy<unknown> = {
  ...(pages as FieldPolicy<unknown>),
  merge(existing, incoming, options) {
    const merge = pages.merge as (...all: unknown[]) => Page;
    const after: unknown = options.args?.['after'];
    if (!after) return merge(existing, incoming, options);
    const shown = (existing ?? {}) as Page;
    // The list was read anew meanwhile, and is shorter: behind its end the page would leave a hole.
    if (!shown.edges?.some(({ cursor }) => cursor === after)) return existing;
    const merged = merge(existing, incoming, options);
    return shown.liveCursor === undefined ? merged : { ...merged, liveCursor: shown.liveCursor };
  },
};

/** A stream's latest event is enough; under a key per cursor, every event ever seen would stay. */
const latestOnly: FieldPolicy = { keyArgs: ['workspaceId', 'notificationId'], merge: false };

export const createCache = (): InMemoryCache =>
  new InMemoryCache({
    possibleTypes: POSSIBLE_TYPES,
    typePolicies: {
      Query: { fields: { notificationHistory: history } },
      Subscription: { fields: { deliveryStatusChanged: latestOnly, connectionStatusChanged: latestOnly } },
      // Whether a channel can be posted in depends on who asks, and an event type's wording on the workspace.
      Channel: { keyFields: false },
      EventType: { keyFields: false },
      Viewer: { keyFields: [] },
    },
  });
