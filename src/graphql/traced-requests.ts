import type { RouteHandlerMethod } from 'fastify';
import { execute, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { inRequestScope } from '../platform/request-scope.ts';
import { inSpan, SpanKind, type TraceParent } from '../platform/tracing.ts';
import type { GraphQLContext } from './context.ts';

const traceParentOf = (header: string | string[] | undefined): TraceParent | null =>
  typeof header === 'string' ? header : null;

/** A request over HTTP: its log lines name it, and its span joins the caller's trace where the caller sent one. */
export const tracedHandler = (handler: RouteHandlerMethod): RouteHandlerMethod =>
  function traced(request, reply) {
    const route = request.routeOptions.url ?? '';
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const parent = traceParentOf(request.headers.traceparent);
    return inRequestScope({ requestId: request.id }, () =>
      inSpan(
        `${request.method} ${route}`,
        { kind: SpanKind.SERVER, attributes, parent },
        async () => handler.call(this, request, reply),
        () => ({ 'http.response.status_code': reply.statusCode }),
      ),
    );
  };

/** A query or mutation over a socket; a socket's messages have no headers, so each begins a trace. */
export const tracedExecute = (args: ExecutionArgs): Promise<ExecutionResult> => {
  const { requestId } = args.contextValue as GraphQLContext;
  const options = { kind: SpanKind.SERVER, parent: null };
  return inRequestScope({ requestId }, () => inSpan('socket operation', options, async () => execute(args)));
};
