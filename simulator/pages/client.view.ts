import type { Channel, Team } from '../model.ts';
import { BADGE, colourClass, escapeHtml, initialsOf, pageHtml } from './html.ts';

/** A team may have thousands of channels; the rest is found by the filter. */
const SHOWN_CHANNELS = 60;

export interface ClientPage {
  readonly teams: readonly Team[];
  readonly team: Team;
  readonly channel: Channel;
  readonly appName: string;
  readonly filter: string;
  readonly messages: string;
  readonly version: number;
  /** Polled for changes, without its `v`. */
  readonly liveUrl: string;
  /** On a phone: the list of channels instead of the messages. */
  readonly listFirst: boolean;
}

export function clientPage(page: ClientPage): string {
  const { channel, team } = page;
  const body = `
<a class="skip" href="#messages">Skip to messages</a>
<div class="client">
  <nav class="rail" aria-label="Workspaces">${page.teams.map((other) => teamTile(other, team)).join('')}</nav>
  <nav class="sidebar" aria-label="Channels">
    <header><h1>${escapeHtml(team.name)}</h1>${BADGE}</header>
    <form class="filter" role="search"><input type="search" name="q" value="${escapeHtml(page.filter)}" placeholder="Find a channel" aria-label="Find a channel"></form>
    <div id="channels">${sidebarHtml(page)}</div>
  </nav>
  <main class="main">
    <header class="channel-head"><a class="back" href="/client/${team.id}" aria-label="All channels">‹</a>
      <div><h2>${channelLabel(channel)}</h2>${channel.topic === '' ? '' : `<p class="topic">${escapeHtml(channel.topic)}</p>`}</div>
      <p class="presence">${presence(page)}</p></header>
    <div class="scroller" id="scroller"><div class="messages" id="messages" role="log" aria-label="Messages" tabindex="-1" data-live="${escapeHtml(page.liveUrl)}" data-version="${page.version}">${page.messages}</div></div>
    ${barNote(channel)}
  </main>
</div>`;
  const title = `${channel.kind === 'im' ? '' : '#'}${channel.name} · ${team.name} (simulated Slack)`;
  return pageHtml({
    title,
    body,
    script: 'live.js',
    bodyClass: page.listFirst ? 'client-page show-list' : 'client-page',
  });
}

export function sidebarHtml({ channel: current, filter, team }: ClientPage): string {
  const wanted = filter.trim().toLowerCase().replace(/^#/, '');
  const found = team.channels.filter(({ name }) => name.toLowerCase().includes(wanted));
  const of = (test: (channel: Channel) => boolean): Channel[] => found.filter(test);
  return [
    section(
      'Channels',
      of(({ kind, archived }) => (kind === 'public' || kind === 'private') && !archived),
      current,
      filter,
    ),
    section(
      'Direct messages',
      of(({ kind }) => kind === 'im' || kind === 'mpim'),
      current,
      filter,
    ),
    section(
      'Archived',
      of(({ archived }) => archived),
      current,
      filter,
    ),
    found.length === 0 ? '<p class="hint" id="none">No channel is called that.</p>' : '',
  ].join('');
}

/** Those with messages first: in a team of thousands they would be lost. */
function section(title: string, channels: readonly Channel[], current: Channel, filter: string): string {
  if (channels.length === 0) return '';
  const busy = channels.filter(({ messages }) => messages.length > 0);
  const quiet = channels.filter(({ messages }) => messages.length === 0);
  const shown = [...busy, ...quiet].slice(0, SHOWN_CHANNELS);
  const more = channels.length - shown.length;
  const hint = more > 0 ? `<p class="hint">${more.toLocaleString('en')} more: find them by name</p>` : '';
  const items = shown.map((channel) => channelItem(channel, current, filter)).join('');
  return `<section id="section-${title.replaceAll(' ', '-')}"><h2>${title}</h2><ul>${items}</ul>${hint}</section>`;
}

function channelItem(channel: Channel, current: Channel, filter: string): string {
  const count = channel.messages.length;
  const here = channel === current ? ' aria-current="page"' : '';
  const query = filter === '' ? '' : `?q=${encodeURIComponent(filter)}`;
  const badge =
    count === 0 ? '' : `<span class="count" title="${count} messages">${count > 999 ? '999+' : count}</span>`;
  return `<li><a href="/client/${channel.teamId}/${channel.id}${query}"${here} class="${count > 0 ? 'busy' : ''}"><span class="name">${channelLabel(channel)}</span>${badge}</a></li>`;
}

function channelLabel({ kind, name }: Channel): string {
  if (kind === 'mpim')
    return `<span class="sigil">@</span>${escapeHtml(
      name
        .replace(/^mpdm-/, '')
        .replace(/-\d+$/, '')
        .split('--')
        .join(', '),
    )}`;
  if (kind === 'im') return `<span class="sigil">@</span>${escapeHtml(name.split('-').join(', '))}`;
  const sigil = kind === 'private' ? '<span class="sigil" title="private">🔒</span>' : '<span class="sigil">#</span>';
  return sigil + escapeHtml(name);
}

function teamTile(team: Team, current: Team): string {
  const here = team === current ? ' aria-current="true"' : '';
  return `<a href="/client/${team.id}" title="${escapeHtml(team.name)}"${here}><span class="tile ${colourClass(team.id)}" aria-hidden="true">${escapeHtml(initialsOf(team.name))}</span></a>`;
}

function presence({ appName, channel, team }: ClientPage): string {
  const members = channel.members.size + channel.uncountedMembers;
  const inside = channel.members.has(team.botUserId)
    ? `${escapeHtml(appName)} is in here`
    : `${escapeHtml(appName)} is not in here`;
  return `<span>${members.toLocaleString('en')} ${members === 1 ? 'member' : 'members'}</span><span>${inside}</span>`;
}

function barNote({ archived, readOnly, threadOnly }: Channel): string {
  const note = archived
    ? 'This channel is archived.'
    : readOnly
      ? 'Only a few people may post here.'
      : threadOnly
        ? 'Apps and members reply in threads only.'
        : null;
  return note === null ? '' : `<p class="bar-note">${note}</p>`;
}
