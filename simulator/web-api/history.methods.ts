import type { Message } from '../model.ts';
import type { Answer, Call, MethodDefinition, Sighting } from './call.ts';
import { allHistoryScopes, fail, flagOf, historyScope, missingScope, ok, sight, textOf } from './call.ts';
import { decodeCursor, encodeCursor, pageLimit } from './paging.ts';
import { messageShape } from './shapes.ts';

interface Window {
  /** Microseconds since 1970: 16 digits, exact in a double. */
  readonly oldest: number;
  readonly latest: number;
  readonly limit: number;
  readonly cursor: number | null;
}

const micros = (ts: string): number => Number(ts.replace('.', ''));

function history(call: Call): Answer {
  const seen = enter(call);
  if ('ok' in seen) return seen;
  const window = readWindow(call);
  if ('ok' in window) return window;
  const { messages } = seen.channel;
  let index = (window.cursor === null ? countUpTo(messages, window.latest) : countUpTo(messages, window.cursor)) - 1;
  const found: Message[] = [];
  let next: string | null = null;
  for (; index >= 0; index -= 1) {
    const message = messages[index];
    if (message === undefined || micros(message.ts) < window.oldest) break;
    if (found.length === window.limit) {
      next = encodeCursor('next_ts', String(micros(message.ts)));
      break;
    }
    found.push(message);
  }
  return answer(call, seen, found, next, { pin_count: 0, channel_actions_ts: null, channel_actions_count: 0 });
}

/** The parent first, then its replies, oldest first. Asked by the ts of a reply, Slack knows of that one only. */
function replies(call: Call): Answer {
  const seen = enter(call);
  if ('ok' in seen) return seen;
  const asked = seen.channel.byTs.get(textOf(call.args, 'ts') ?? '');
  if (asked === undefined) return fail('thread_not_found');
  const window = readWindow(call);
  if ('ok' in window) return window;
  if (asked.threadTs !== null) return answer(call, seen, [asked], null, {});
  const from = Math.max(window.oldest, window.cursor ?? 0);
  const thread = (seen.channel.threads.get(asked.ts) ?? []).filter(
    ({ ts }) => micros(ts) >= from && micros(ts) <= window.latest,
  );
  const rest = thread.slice(window.limit);
  const next = rest[0] === undefined ? null : encodeCursor('next_ts', String(micros(rest[0].ts)));
  const page = thread.slice(0, window.limit);
  return answer(call, seen, window.cursor === null ? [asked, ...page] : page, next, {});
}

/** A bot reads only where it is a member; a person reads every public channel. */
function enter(call: Call): Sighting | Answer {
  const seen = sight(call, textOf(call.args, 'channel'));
  if (seen === null) return fail('channel_not_found');
  const scope = historyScope(seen.channel.kind);
  if (!call.grant.scopes.includes(scope)) return missingScope([scope], call.grant.scopes);
  return call.grant.kind === 'bot' && !seen.isMember ? fail('not_in_channel') : seen;
}

function readWindow(call: Call): Window | Answer {
  const { args, simulator } = call;
  const inclusive = flagOf(args, 'inclusive');
  const oldest = readTs(textOf(args, 'oldest') ?? '0');
  const latest = readTs(textOf(args, 'latest') ?? '9999999999.999999');
  if (oldest === null) return fail('invalid_ts_oldest');
  if (latest === null) return fail('invalid_ts_latest');
  const max = simulator.tunables.historyPageMax;
  const limit = pageLimit(args, Math.min(100, max), max);
  if (typeof limit !== 'number') return limit;
  const cursor = decodeCursor(args, 'next_ts');
  if (cursor === undefined || (cursor !== null && !/^\d+$/.test(cursor))) return fail('invalid_cursor');
  return {
    oldest: inclusive ? oldest : oldest + 1,
    latest: inclusive ? latest : latest - 1,
    limit,
    cursor: cursor === null ? null : Number(cursor),
  };
}

function readTs(text: string): number | null {
  const parts = /^(\d{1,11})(?:\.(\d{1,6}))?$/.exec(text);
  return parts === null ? null : Number(`${parts[1]}${(parts[2] ?? '').padEnd(6, '0')}`);
}

/** How many messages have a ts up to and including this one. */
function countUpTo(messages: readonly Message[], latest: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (micros(messages[middle]?.ts ?? '0') <= latest) low = middle + 1;
    else high = middle;
  }
  return low;
}

function answer(call: Call, seen: Sighting, found: readonly Message[], next: string | null, extra: object): Answer {
  const { channel, team } = seen;
  const view = { channel, team, app: call.simulator.app, allMetadata: flagOf(call.args, 'include_all_metadata') };
  return ok({
    messages: found.map((message) => messageShape(message, view)),
    has_more: next !== null,
    ...extra,
    ...(next === null ? {} : { response_metadata: { next_cursor: next } }),
  });
}

export const historyMethods: Readonly<Record<string, MethodDefinition>> = {
  'conversations.history': { accepts: allHistoryScopes, needs: [], handle: history },
  'conversations.replies': { accepts: allHistoryScopes, needs: [], handle: replies },
};
