import type { FastifyReply } from 'fastify';
import { retryAfterSeconds } from '../limits.ts';
import type { Answer } from './call.ts';
import type { PreparedCall } from './dispatch.ts';

export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly error: string | null;
  readonly retryAfter: string | null;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const HTML_TYPE = 'text/html; charset=utf-8';

/** What a load balancer in front of Slack says when Slack does not. */
export const SERVER_ERROR_PAGE =
  '<!DOCTYPE html>\n<html lang="en"><head><title>Server Error | Slack</title></head>' +
  '<body><h1>Server Error</h1><p>It looks like something went wrong. Please try again.</p></body></html>\n';

export function wireOf(answer: Answer): WireAnswer {
  const limited = answer.waitMs !== undefined;
  return {
    status: limited ? 429 : 200,
    contentType: JSON_TYPE,
    body: JSON.stringify(answer.body),
    error: answer.ok ? null : String(answer.body['error']),
    retryAfter: limited ? retryAfterSeconds(answer.waitMs) : null,
  };
}

export function rawWire(status: number, body: string, error: string, retryAfter: string | null = null): WireAnswer {
  return { status, contentType: body.startsWith('<') ? HTML_TYPE : JSON_TYPE, body, error, retryAfter };
}

export function send(reply: FastifyReply, wire: WireAnswer, call: PreparedCall, latencyMs: number): void {
  if (latencyMs > 0) {
    setTimeout(() => send(reply, wire, call, 0), latencyMs);
    return;
  }
  void reply.code(wire.status).headers(headersOf(wire, call)).send(wire.body);
}

export function headersOf(wire: WireAnswer, call: PreparedCall): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': wire.contentType,
    'cache-control': 'private, no-cache, no-store',
  };
  if (call.scopes !== null) {
    headers['x-oauth-scopes'] = call.scopes.join(',');
    headers['x-accepted-oauth-scopes'] = call.accepts.join(',');
  }
  if (wire.retryAfter !== null) headers['retry-after'] = wire.retryAfter;
  return headers;
}

/** The connection breaks: RST, as when a host goes away. */
export function breakConnection(reply: FastifyReply): void {
  reply.hijack();
  const { socket } = reply.raw;
  if (socket !== null && !socket.destroyed) socket.resetAndDestroy();
}

/** Nothing more is ever sent; it ends when the client leaves or the simulator stops. */
export function leaveHanging(reply: FastifyReply): void {
  reply.hijack();
}

/** The head and half of the body, then silence. */
export function stallMidBody(reply: FastifyReply, wire: WireAnswer, call: PreparedCall): void {
  reply.hijack();
  const body = Buffer.from(wire.body);
  reply.raw.writeHead(wire.status, { ...headersOf(wire, call), 'content-length': String(body.length) });
  reply.raw.write(body.subarray(0, Math.ceil(body.length / 2)));
}
