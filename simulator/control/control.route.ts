import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { faultSchema } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { applyTunables, tunablesSchema } from '../tunables.ts';
import {
  advanceBody,
  channelBody,
  eventBody,
  eventsBody,
  membershipBody,
  messageBody,
  personBody,
  resetBody,
  revokeBody,
  teamBody,
} from './bodies.ts';
import { listChannels, listTeams, listTokens } from './views.ts';
import {
  addTeam,
  changeChannel,
  changeMembership,
  changePerson,
  postAsPerson,
  revokeGrants,
  sendEvent,
  setEvents,
} from './world-changes.ts';

const DEFAULT_PAGE = 10_000;

/** `/control/…`: scripts the simulator. Not a part of Slack; loopback only. */
export function registerControl(server: FastifyInstance, simulator: Simulator): void {
  void server.register(
    async (control) => {
      control.addHook('onRequest', refuseStrangers);
      control.setErrorHandler((error, _request, reply) => {
        const message =
          error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
        void reply.code(400).send({ ok: false, error: message });
      });
      registerScripting(control, simulator);
      registerReading(control, simulator);
      registerWorld(control, simulator);
    },
    { prefix: '/control' },
  );
}

/** Only this machine, and no web page that a browser on it may have open. */
async function refuseStrangers(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const address = request.socket.remoteAddress ?? '';
  const isLoopback = address === '::1' || address.replace('::ffff:', '').startsWith('127.');
  if (isLoopback && request.headers.origin === undefined) return;
  await reply.code(403).send({ ok: false, error: 'The control API answers programs on this machine only.' });
}

function registerScripting(control: FastifyInstance, simulator: Simulator): void {
  control.post('/faults', (request) => ({ ok: true, id: simulator.faults.arm(faultSchema.parse(request.body)) }));
  control.get('/faults', () => ({ faults: simulator.faults.list() }));
  control.delete('/faults', () => {
    simulator.faults.clear();
    return { ok: true };
  });
  control.delete('/faults/:id', (request: FastifyRequest<{ Params: { id: string } }>) => {
    simulator.faults.clear(request.params.id);
    return { ok: true };
  });
  control.get('/config', () => simulator.tunables);
  control.post('/config', (request) => {
    applyTunables(simulator.tunables, tunablesSchema.parse(request.body));
    simulator.limits.reset();
    return { ok: true, config: simulator.tunables };
  });
  control.post('/reset', (request) => {
    simulator.reset({ tunablesToo: resetBody.parse(request.body ?? {}).config });
    return { ok: true };
  });
  control.post('/advance', (request) => {
    simulator.clock.advanceTokens(advanceBody.parse(request.body).ms);
    simulator.saveGrants();
    return { ok: true, tokenOffsetMs: simulator.clock.tokenOffsetMs() };
  });
}

type PageRequest = FastifyRequest<{ Querystring: { since?: string; limit?: string } }>;

function registerReading(control: FastifyInstance, simulator: Simulator): void {
  control.get('/ledger', (request: PageRequest) => ({
    ...simulator.ledger.since(...page(request)),
    count: simulator.ledger.count,
  }));
  control.get('/requests', (request: PageRequest) => simulator.requests.since(...page(request)));
  control.get('/tokens', () => ({ tokens: listTokens(simulator) }));
  control.get('/teams', () => ({ teams: listTeams(simulator) }));
  control.get('/channels', (request: FastifyRequest<{ Querystring: { team?: string } }>) => ({
    channels: listChannels(simulator, request.query.team ?? null),
  }));
}

function page({ query }: PageRequest): [since: number, limit: number] {
  return [Number(query.since ?? 0) || 0, Number(query.limit ?? DEFAULT_PAGE) || DEFAULT_PAGE];
}

function registerWorld(control: FastifyInstance, simulator: Simulator): void {
  control.post('/revoke', (request) => ({ ok: true, ...revokeGrants(simulator, revokeBody.parse(request.body)) }));
  control.post('/membership', (request) => changeMembership(simulator, membershipBody.parse(request.body)));
  control.post('/channel', (request) => changeChannel(simulator, channelBody.parse(request.body)));
  control.post('/message', (request) => postAsPerson(simulator, messageBody.parse(request.body)));
  control.post('/team', (request) => addTeam(simulator, teamBody.parse(request.body)));
  control.post('/events', (request) => setEvents(simulator, eventsBody.parse(request.body)));
  control.post('/event', (request) => sendEvent(simulator, eventBody.parse(request.body)));
  control.post('/person', (request) => changePerson(simulator, personBody.parse(request.body)));
}
