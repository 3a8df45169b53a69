import type { FastifyReply } from 'fastify';
import type { FaultAction } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import type { PreparedCall } from './dispatch.ts';
import type { WireAnswer } from './wire.ts';
import { SERVER_ERROR_PAGE, breakConnection, leaveHanging, rawWire, send, stallMidBody, wireOf } from './wire.ts';

/** What went over the wire, for the request log; null = no answer. */
export type Played = WireAnswer | null;

/** Plays one scripted fault instead of the plain answer. */
export function playFault(simulator: Simulator, fault: FaultAction, call: PreparedCall, reply: FastifyReply): Played {
  const { latencyMs } = simulator.tunables;
  switch (fault.type) {
    case 'slow':
      return answer(wireOf(call.run()), call, reply, latencyMs + fault.ms);
    case 'apply_then_status':
      call.run();
      return answer(rawWire(fault.status, SERVER_ERROR_PAGE, `http_${fault.status}`), call, reply, latencyMs);
    case 'apply_then_error':
      call.run();
      return answer(errorWire(fault.error, {}), call, reply, latencyMs);
    case 'reset_before':
      return cut(reply);
    case 'reset_after':
      call.run();
      return cut(reply);
    case 'apply_late':
      simulator.later(fault.ms, () => call.run());
      return fault.answer === 'hang' ? hang(reply) : cut(reply);
    case 'hang':
      if (fault.apply === true) call.run();
      return hang(reply);
    case 'stall':
      stallMidBody(reply, bodyOf(call, fault.apply ?? true), call);
      return null;
    default:
      return answer(badAnswer(fault, call), call, reply, latencyMs);
  }
}

type BadAnswer = Extract<
  FaultAction,
  { type: 'error' | 'ratelimit' | 'status' | 'html' | 'empty' | 'null' | 'truncated' }
>;

function badAnswer(fault: BadAnswer, call: PreparedCall): WireAnswer {
  if (fault.type === 'error') return errorWire(fault.error, fault.extra ?? {});
  if (fault.type === 'ratelimit') return rateLimitWire(fault.retryAfter);
  if (fault.type === 'truncated') {
    const whole = bodyOf(call, fault.apply ?? true);
    return { ...whole, body: whole.body.slice(0, Math.ceil(whole.body.length / 2)), error: 'truncated' };
  }
  if (fault.apply === true) call.run();
  if (fault.type === 'status') return rawWire(fault.status, fault.body ?? SERVER_ERROR_PAGE, `http_${fault.status}`);
  return rawWire(200, { html: SERVER_ERROR_PAGE, empty: '', null: 'null' }[fault.type], fault.type);
}

/** undefined = the number 1; null = no header at all; a string goes out as it is. */
function rateLimitWire(retryAfter: string | number | null | undefined): WireAnswer {
  const header = retryAfter === undefined ? '1' : retryAfter === null ? null : String(retryAfter);
  return rawWire(429, '{"ok":false,"error":"ratelimited"}', 'ratelimited', header);
}

function errorWire(error: string, extra: Record<string, unknown>): WireAnswer {
  return rawWire(200, JSON.stringify({ ok: false, error, ...extra }), error);
}

function bodyOf(call: PreparedCall, apply: boolean): WireAnswer {
  return apply ? wireOf(call.run()) : errorWire('fatal_error', {});
}

function answer(wire: WireAnswer, call: PreparedCall, reply: FastifyReply, latencyMs: number): WireAnswer {
  send(reply, wire, call, latencyMs);
  return wire;
}

function cut(reply: FastifyReply): null {
  breakConnection(reply);
  return null;
}

function hang(reply: FastifyReply): null {
  leaveHanging(reply);
  return null;
}
