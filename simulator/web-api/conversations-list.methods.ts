import type { Channel, Team } from '../model.ts';
import type { Answer, Call, MethodDefinition } from './call.ts';
import { actingUser, allReadScopes, fail, flagOf, missingScope, ok, readScope, teamOfCall, textOf } from './call.ts';
import { decodeCursor, encodeCursor, pageLimit } from './paging.ts';
import { channelShape } from './shapes.ts';

const KIND_OF_TYPE: Readonly<Record<string, Channel['kind']>> = {
  public_channel: 'public',
  private_channel: 'private',
  mpim: 'mpim',
  im: 'im',
};

interface Listing {
  readonly team: Team;
  readonly viewer: string;
  readonly kinds: ReadonlySet<Channel['kind']>;
  readonly limit: number;
  /** The first id of the page. */
  readonly from: string | null;
  /** Slack gives nothing yet, and says where to go on. */
  readonly isEmpty: boolean;
}

function list(call: Call): Answer {
  const listing = readListing(call);
  if ('ok' in listing) return listing;
  const { viewer } = listing;
  const page = takePage(call, listing, (channel) => channel.kind === 'public' || channel.members.has(viewer));
  return ok({
    channels: page.channels.map((channel) => channelShape(channel, listing.team, viewer)),
    response_metadata: { next_cursor: page.next },
  });
}

function ofUser(call: Call): Answer {
  const listing = readListing(call);
  if ('ok' in listing) return listing;
  const other = textOf(call.args, 'user');
  if (other !== null && !listing.team.people.has(other)) return fail('user_not_found');
  const { viewer } = listing;
  const whose = other ?? viewer;
  // Of another person only what the asker sees as well.
  const page = takePage(
    call,
    listing,
    ({ kind, members }) => members.has(whose) && (kind === 'public' || members.has(viewer)),
  );
  return ok({
    channels: page.channels.map((channel) => withoutMembership(channelShape(channel, listing.team, viewer))),
    response_metadata: { next_cursor: page.next },
  });
}

function withoutMembership(shape: Record<string, unknown>): Record<string, unknown> {
  const { is_member: _member, num_members: _count, ...rest } = shape;
  return rest;
}

function readListing(call: Call): Listing | Answer {
  const types = (textOf(call.args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());
  const kinds = types.flatMap((type) => KIND_OF_TYPE[type] ?? []);
  if (kinds.length !== types.length) return fail('invalid_types');
  const needed = [...new Set(kinds.map(readScope))];
  if (needed.some((scope) => !call.grant.scopes.includes(scope))) return missingScope(needed, call.grant.scopes);
  const team = teamOfCall(call);
  if (team === null)
    return textOf(call.args, 'team_id') === null ? fail('missing_argument') : fail('team_access_not_granted');
  const { listPageMax, listEmptyPages } = call.simulator.tunables;
  const limit = pageLimit(call.args, Math.min(100, listPageMax), listPageMax);
  if (typeof limit !== 'number') return limit;
  const from = decodeCursor(call.args, 'team') ?? decodeCursor(call.args, 'before');
  if (from === undefined) return fail('invalid_cursor');
  const isEmpty = listEmptyPages && typeof decodeCursor(call.args, 'team') !== 'string';
  return { team, viewer: actingUser(call, team), kinds: new Set(kinds), limit, from, isEmpty };
}

/** Comes before every id. */
const FIRST = '0';

/** Archived channels are left out after the page was cut, as Slack does: pages may be short before the end. */
function takePage(call: Call, listing: Listing, visible: (channel: Channel) => boolean): Page {
  const { team, kinds, limit, from, isEmpty } = listing;
  if (isEmpty) return { channels: [], next: encodeCursor('team', from ?? FIRST) };
  const ofNext = call.simulator.tunables.listEmptyPages ? 'before' : 'team';
  const found: Channel[] = [];
  let next = '';
  for (let index = from === null ? 0 : firstAtOrAfter(team.channels, from); index < team.channels.length; index += 1) {
    const channel = team.channels[index];
    if (channel === undefined || !kinds.has(channel.kind) || !visible(channel)) continue;
    if (found.length === limit) {
      next = encodeCursor(ofNext, channel.id);
      break;
    }
    found.push(channel);
  }
  const leaveOut = flagOf(call.args, 'exclude_archived');
  return { channels: leaveOut ? found.filter((channel) => !channel.archived) : found, next };
}

interface Page {
  readonly channels: readonly Channel[];
  readonly next: string;
}

function firstAtOrAfter(channels: readonly Channel[], id: string): number {
  let low = 0;
  let high = channels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((channels[middle]?.id ?? '') < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const listMethods: Readonly<Record<string, MethodDefinition>> = {
  'conversations.list': { accepts: allReadScopes, needs: [], handle: list },
  'users.conversations': { accepts: allReadScopes, needs: [], handle: ofUser },
};
