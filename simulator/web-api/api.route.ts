import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FaultAction } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { textOf } from './call.ts';
import type { Arguments } from './call.ts';
import type { PreparedCall } from './dispatch.ts';
import { prepare } from './dispatch.ts';
import { playFault } from './play-fault.ts';
import type { WireAnswer } from './wire.ts';
import { HTML_TYPE, SERVER_ERROR_PAGE, send, wireOf } from './wire.ts';

type ApiRequest = FastifyRequest<{ Params: { method: string } }>;

/** `/api/<method>`: GET and POST, form and JSON. */
export function registerApi(server: FastifyInstance, simulator: Simulator): void {
  server.route({
    method: ['GET', 'POST'],
    url: '/api/:method',
    handler: (request: ApiRequest, reply) => {
      answerCall(simulator, request, reply);
      return reply;
    },
    errorHandler: (error: FastifyError, request: ApiRequest, reply) => {
      // What fastify cannot read of a body has a status of the client's; nothing in here gives its errors one.
      if (error.statusCode !== undefined && error.statusCode < 500) {
        void reply.code(200).send({ ok: false, error: bodyRefusal(error, request) });
        return;
      }
      process.emitWarning(`The simulated Slack failed in ${request.params.method}: ${error.stack ?? String(error)}`);
      void reply.code(500).type(HTML_TYPE).send(SERVER_ERROR_PAGE);
    },
  });
}

function bodyRefusal({ code }: FastifyError, request: ApiRequest): string {
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return 'invalid_post_type';
  return request.headers['content-type']?.includes('json') === true ? 'invalid_json' : 'invalid_form_data';
}

function answerCall(simulator: Simulator, request: ApiRequest, reply: FastifyReply): void {
  const at = simulator.clock.nowMs();
  void reply.header('date', new Date(at).toUTCString());
  const { method } = request.params;
  const args = readArguments(request);
  const authorization = request.headers.authorization;
  const call = prepare(simulator, {
    method,
    args,
    bearer: bearerOf(authorization),
    basicAuth: basicOf(authorization),
    at,
  });
  const { latencyMs } = simulator.tunables;
  const fault = simulator.faults.armed ? strike(simulator, method, args, call) : null;
  if (fault !== null) {
    note(simulator, method, at, call, playFault(simulator, fault, call, reply), fault.type);
    return;
  }
  const wire = wireOf(call.run());
  note(simulator, method, at, call, wire, null);
  send(reply, wire, call, latencyMs);
}

function strike(simulator: Simulator, method: string, args: Arguments, call: PreparedCall): FaultAction | null {
  const { team, channel, tokenKind } = call;
  return simulator.faults.strike({ method, team, channel, tokenKind, text: textOf(args, 'text') });
}

function note(
  simulator: Simulator,
  method: string,
  at: number,
  call: PreparedCall,
  wire: WireAnswer | null,
  fault: string | null,
): void {
  simulator.requests.append({
    at,
    method,
    team: call.team,
    channel: call.channel,
    token_kind: call.tokenKind,
    status: wire?.status ?? null,
    error: wire?.error ?? null,
    retryAfter: wire?.retryAfter ?? null,
    fault,
  });
}

function readArguments(request: ApiRequest): Arguments {
  const query = request.query as Record<string, unknown>;
  const body = request.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return query;
  return Object.keys(query).length === 0 ? (body as Record<string, unknown>) : { ...query, ...body };
}

function bearerOf(authorization: string | undefined): string | null {
  return authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : null;
}

function basicOf(authorization: string | undefined): { id: string; secret: string } | null {
  if (authorization?.startsWith('Basic ') !== true) return null;
  const [id, ...secret] = Buffer.from(authorization.slice('Basic '.length), 'base64').toString('utf8').split(':');
  return id === undefined ? null : { id: decodeURIComponent(id), secret: decodeURIComponent(secret.join(':')) };
}
