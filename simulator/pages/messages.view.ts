import type { Channel, Message, Team } from '../model.ts';
import type { World } from '../world.ts';
import { blocksHtml } from './blocks.ts';
import { colourClass, escapeHtml, initialsOf } from './html.ts';
import type { Names } from './mrkdwn.ts';
import { mrkdwnHtml } from './mrkdwn.ts';

const SHOWN_MESSAGES = 100;

const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export interface MessageList {
  readonly team: Team;
  readonly channel: Channel;
  readonly names: Names;
  /** The message that a permalink points at. */
  readonly target: string | null;
}

export function namesOf(world: World, team: Team): Names {
  return {
    person: (id) => team.people.get(id)?.realName ?? null,
    channel: (id) => world.channels.get(id)?.name ?? null,
  };
}

export function messageListHtml(list: MessageList): string {
  const shown = window(list);
  if (shown.length === 0) {
    return '<div class="empty" id="empty"><p class="empty-mark" aria-hidden="true">#</p><h2>Nothing has been said here yet</h2><p>What the app posts appears by itself.</p></div>';
  }
  let lastDay = '';
  const parts = shown.map((message) => {
    const today = day.format(dateOf(message.ts));
    const divider =
      today === lastDay
        ? ''
        : `<div class="day" id="day-${escapeHtml(today.replaceAll(' ', '-'))}"><span>${today}</span></div>`;
    lastDay = today;
    return divider + messageHtml(message, list) + threadHtml(message, list);
  });
  return parts.join('');
}

/** The newest, or those around the target; a reply is found by its parent. */
function window({ channel, target }: MessageList): Message[] {
  const aimed = target === null ? undefined : channel.byTs.get(target);
  const anchor = aimed === undefined ? null : aimed.broadcast ? aimed.ts : (aimed.threadTs ?? aimed.ts);
  const index = anchor === null ? -1 : channel.messages.findIndex(({ ts }) => ts === anchor);
  if (index < 0) return channel.messages.slice(-SHOWN_MESSAGES);
  return channel.messages.slice(Math.max(0, index - SHOWN_MESSAGES / 2), index + SHOWN_MESSAGES / 2);
}

function threadHtml(message: Message, list: MessageList): string {
  const replies = message.threadTs === null ? (list.channel.threads.get(message.ts) ?? []) : [];
  if (replies.length === 0) return '';
  const count = `${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}`;
  const id = `thread-${message.ts.replace('.', '')}`;
  return `<div class="thread" id="${id}"><p class="thread-count">${count}</p>${replies
    .slice(-SHOWN_MESSAGES)
    .map((reply) => messageHtml(reply, list))
    .join('')}</div>`;
}

function messageHtml(message: Message, { channel, names, target, team }: MessageList): string {
  const author = team.people.get(message.user);
  const name = message.username ?? author?.realName ?? message.user;
  const isApp = message.botId !== null;
  const anchor = `p${message.ts.replace('.', '')}`;
  const at = dateOf(message.ts);
  const body = message.blocks === null ? mrkdwnHtml(message.text, names) : blocksHtml(message.blocks, names);
  const attached = (message.attachments ?? []).map((attachment) => attachmentHtml(attachment, names)).join('');
  return `<article class="message${message.ts === target ? ' is-target' : ''}" id="${anchor}">
<span class="tile avatar ${isApp ? 'app-tile' : colourClass(message.user)}" aria-hidden="true">${escapeHtml(initialsOf(name))}</span>
<div class="message-body"><p class="message-head"><b>${escapeHtml(name)}</b>${isApp ? '<span class="app-mark">APP</span>' : ''}
<a class="when" href="/archives/${channel.id}/${anchor}"><time datetime="${at.toISOString()}" title="${at.toISOString()}">${clock.format(at)}</time></a>${message.editedTs === null ? '' : ' <small>(edited)</small>'}</p>
<div class="message-text">${body}${attached}</div></div></article>`;
}

function attachmentHtml(attachment: Record<string, unknown>, names: Names): string {
  const { blocks, fallback, pretext, text, title } = attachment;
  const inner = Array.isArray(blocks)
    ? blocksHtml(blocks as Record<string, unknown>[], names)
    : mrkdwnHtml([text, fallback].find((part) => typeof part === 'string') ?? '', names);
  const head = [pretext, title]
    .filter((part) => typeof part === 'string')
    .map((part) => `<b>${escapeHtml(part)}</b><br>`);
  return `<div class="attachment">${head.join('')}${inner}</div>`;
}

const dateOf = (ts: string): Date => new Date(Number(ts.slice(0, ts.indexOf('.'))) * 1000);
