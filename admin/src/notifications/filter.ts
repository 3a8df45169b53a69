import type {
  DeliveryStatus,
  FailureCode,
  NotificationFilter,
  NotificationRowFragment,
  Priority,
} from '../../generated/graphql.ts';
import { wordsOf } from '../../../src/notifications/words.policy.ts';
import { momentOf } from '../parts/moment.ts';

export const STATUSES: readonly DeliveryStatus[] = [
  'QUEUED',
  'SENDING',
  'RETRYING',
  'DELIVERED',
  'FAILED',
  'UNCONFIRMED',
  'CANCELED',
];
export const FAILURE_CODES: readonly FailureCode[] = [
  'IDENTITY_NOT_SELECTED',
  'IDENTITY_NOT_USABLE',
  'CONNECTION_NEEDS_REAUTHORIZATION',
  'CONNECTION_DISCONNECTED',
  'TEAM_MISMATCH',
  'MISSING_SCOPE',
  'CHANNEL_REQUIRED',
  'CHANNEL_NOT_FOUND',
  'NOT_IN_CHANNEL',
  'CHANNEL_ARCHIVED',
  'POSTING_RESTRICTED',
  'INVALID_MESSAGE',
  'SLACK_UNAVAILABLE',
  'OUTCOME_UNKNOWN',
  'EXPIRED',
  'CANCELED_BY_CALLER',
  'CANCELED_BY_DISCONNECT',
  'SLACK_REJECTED',
  'INTERNAL',
];
export const PRIORITIES: readonly Priority[] = ['LOW', 'NORMAL', 'HIGH', 'URGENT'];

/** The names under which filters stand in the address; the API's own. */
export const TEXT_FILTERS = [
  'search',
  'failureCode',
  'channelId',
  'eventTypes',
  'requestedBy',
  'selectedBy',
  'websiteId',
  'priority',
  'connectionId',
  'identityId',
  'idempotencyKey',
  'createdSince',
  'createdUntil',
] as const;
export type TextFilter = (typeof TEXT_FILTERS)[number];

const oneOf = <Value extends string>(all: readonly Value[], given: string | null): Value | undefined =>
  all.find((value) => value === given);

/** The address's filters as the API's; what is not legal is left out. */
export function filterOf(address: URLSearchParams): NotificationFilter {
  const text = (name: TextFilter): string | undefined => address.get(name)?.trim() || undefined;
  const statuses = (address.get('statuses') ?? '').split(',').flatMap((given) => oneOf(STATUSES, given) ?? []);
  const eventType = text('eventTypes');
  const all = {
    statuses: statuses.length > 0 ? statuses : undefined,
    eventTypes: eventType === undefined ? undefined : eventType.split(','),
    search: text('search'),
    channelId: text('channelId'),
    identityId: text('identityId'),
    connectionId: text('connectionId'),
    websiteId: text('websiteId'),
    requestedBy: text('requestedBy'),
    selectedBy: text('selectedBy'),
    idempotencyKey: text('idempotencyKey'),
    priority: oneOf(PRIORITIES, address.get('priority')),
    failureCode: oneOf(FAILURE_CODES, address.get('failureCode')),
    createdSince: momentOf(address.get('createdSince')),
    createdUntil: momentOf(address.get('createdUntil')),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** By the words that the server finds texts by; what holds none finds nothing. */
function isFound(text: string, search: string): boolean {
  const wanted = wordsOf(search);
  const words = new Set(wordsOf(text));
  return wanted.length > 0 && wanted.every((word) => words.has(word));
}

/** Whether a row belongs to a filtered list: what comes by the live stream is not filtered by the server. */
export function matches(row: NotificationRowFragment, filter: NotificationFilter): boolean {
  const wanted = <Value>(value: Value | null | undefined, is: (value: Value) => boolean): boolean =>
    value === null || value === undefined || is(value);
  return (
    wanted(filter.statuses, (statuses) => statuses.includes(row.status)) &&
    wanted(filter.eventTypes, (types) => types.includes(row.eventType ?? '')) &&
    wanted(filter.channelId, (id) => row.channelId === id) &&
    wanted(filter.identityId, (id) => row.identity?.id === id) &&
    wanted(filter.connectionId, (id) => row.identity?.connection.id === id) &&
    wanted(filter.websiteId, (id) => row.websiteId === id) &&
    wanted(filter.requestedBy, (id) => row.requestedBy === id) &&
    wanted(filter.selectedBy, (id) => row.selectedBy === id) &&
    wanted(filter.idempotencyKey, (key) => row.idempotencyKey === key) &&
    wanted(filter.priority, (priority) => row.priority === priority) &&
    wanted(filter.failureCode, (code) => row.failure?.code === code) &&
    wanted(filter.createdSince, (at) => Date.parse(row.createdAt) >= Date.parse(at)) &&
    wanted(filter.createdUntil, (at) => Date.parse(row.createdAt) < Date.parse(at)) &&
    wanted(filter.search, (search) => isFound(row.text, search))
  );
}
