import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Channel, Team } from '../model.ts';
import type { Simulator } from '../simulator.ts';
import { registerAssets } from './assets.route.ts';
import type { ClientPage } from './client.view.ts';
import { clientPage, sidebarHtml } from './client.view.ts';
import { PAGE_HEADERS, escapeHtml, pageHtml } from './html.ts';
import { messageListHtml, namesOf } from './messages.view.ts';

interface View {
  readonly team: Team;
  readonly channel: Channel;
  readonly target: string | null;
  readonly filter: string;
  readonly listFirst: boolean;
}

type ChannelRequest = FastifyRequest<{
  Params: { team: string; channel: string };
  Querystring: { q?: string; v?: string; around?: string };
}>;
type ArchiveRequest = FastifyRequest<{ Params: { channel: string; message: string }; Querystring: { q?: string } }>;

/** Pages for people: teams, channels and messages as Slack would show them. */
export function registerPages(server: FastifyInstance, simulator: Simulator): void {
  const { world } = simulator;
  registerAssets(server);
  server.get('/', (_request, reply) => reply.redirect(busiestPath(simulator)));
  server.get('/client/:team', (request: ChannelRequest, reply) => {
    const team = world.teams.get(request.params.team);
    const channel = team?.channels[0];
    if (team === undefined || channel === undefined) return notFound(reply, 'There is no such workspace.');
    return show(simulator, reply, { team, channel, target: null, filter: request.query.q ?? '', listFirst: true });
  });
  server.get('/client/:team/:channel', (request: ChannelRequest, reply) => {
    const view = viewOf(simulator, request.params.channel, null, request.query.q ?? '');
    return view === null ? notFound(reply, 'There is no such channel.') : show(simulator, reply, view);
  });
  server.get('/client/:team/:channel/live', (request: ChannelRequest, reply) => answerPoll(simulator, request, reply));
  server.get('/archives/:channel/:message', (request: ArchiveRequest, reply) => {
    const digits = /^p(\d{10,})(\d{6})$/.exec(request.params.message);
    const view =
      digits === null
        ? null
        : viewOf(simulator, request.params.channel, `${digits[1]}.${digits[2]}`, request.query.q ?? '');
    if (view === null || view.channel.byTs.get(view.target ?? '') === undefined)
      return notFound(reply, 'There is no such message.');
    return show(simulator, reply, view);
  });
  server.setNotFoundHandler((_request, reply) => notFound(reply, 'There is no such page.'));
}

function viewOf({ world }: Simulator, channelId: string, target: string | null, filter: string): View | null {
  const channel = world.channels.get(channelId);
  const team = world.teams.get(channel?.teamId ?? '');
  return channel === undefined || team === undefined ? null : { team, channel, target, filter, listFirst: false };
}

/** The page only if something changed since `v`: an idle page costs one empty answer a second. */
function answerPoll(simulator: Simulator, request: ChannelRequest, reply: FastifyReply): FastifyReply {
  const { around, q, v } = request.query;
  if (v === String(simulator.world.version)) return reply.code(204).send();
  const view = viewOf(simulator, request.params.channel, around ?? null, q ?? '');
  if (view === null) return reply.code(204).send();
  const page = pageOf(simulator, view);
  return reply
    .header('cache-control', 'no-store')
    .send({ version: page.version, messages: page.messages, channels: sidebarHtml(page) });
}

function show(simulator: Simulator, reply: FastifyReply, view: View): FastifyReply {
  return reply.headers(PAGE_HEADERS).send(clientPage(pageOf(simulator, view)));
}

function pageOf({ app, world }: Simulator, view: View): ClientPage {
  const { team, channel, target, filter, listFirst } = view;
  const query = new URLSearchParams({
    ...(filter === '' ? {} : { q: filter }),
    ...(target === null ? {} : { around: target }),
  });
  return {
    teams: [...world.teams.values()],
    team,
    channel,
    appName: app.name,
    filter,
    messages: messageListHtml({ team, channel, names: namesOf(world, team), target }),
    version: world.version,
    liveUrl: `/client/${team.id}/${channel.id}/live?${query.toString()}`,
    listFirst,
  };
}

/** Where the app posted last; else the first team's first channel. */
function busiestPath({ ledger, world }: Simulator): string {
  const latest = ledger.latest();
  const channel = latest === null ? undefined : world.channels.get(latest.channel);
  const first = [...world.teams.values()][0]?.channels[0];
  const chosen = channel ?? first;
  return `/client/${chosen?.teamId ?? ''}/${chosen?.id ?? ''}`;
}

function notFound(reply: FastifyReply, text: string): FastifyReply {
  const body = `<main class="consent"><h1>${escapeHtml(text)}</h1><p><a href="/">To the simulated Slack</a></p></main>`;
  return reply
    .code(404)
    .headers(PAGE_HEADERS)
    .send(pageHtml({ title: 'Not found (simulated Slack)', body, bodyClass: 'consent-page' }));
}
