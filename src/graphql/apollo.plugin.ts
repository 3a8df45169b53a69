import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { annotateSpan } from '../platform/tracing.ts';
import type { GraphQLContext } from './context.ts';
import { CostLimit } from './cost.ts';
import { conditionalSubscription, maskError } from './errors.ts';
import { MAX_COST_FIELDS } from './limits.ts';
import { chargeWorkspaces, rateLimited, rateLimitExtension, rateLimitHeaders, tighter } from './rate-limits.ts';
import type { GraphQLSettings } from './settings.ts';

const badRequest = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });

/** Replaces Apollo's rendering of the errors: it does not know the request's id, and this is where the log line belongs. */
function maskErrors(
  { response, errors, contextValue }: GraphQLRequestContextWillSendResponse<GraphQLContext>,
  { suggestions, logger }: GraphQLSettings,
): void {
  if (!errors || response.body.kind !== 'single') return;
  const { requestId } = contextValue;
  response.body.singleResult.errors = errors.map((error) => {
    const { formatted, fault } = maskError(error, { requestId, suggestions });
    if (fault !== undefined) logger.error({ err: fault, requestId, path: error.path }, 'A GraphQL request failed');
    return formatted;
  });
}

/** Says in the answer what is left of the rate limit, where there is one. */
function tellRateLimit({ response, contextValue }: GraphQLRequestContextWillSendResponse<GraphQLContext>): void {
  const { rateLimit } = contextValue;
  if (!rateLimit) return;
  for (const [name, value] of Object.entries(rateLimitHeaders(rateLimit))) response.http.headers.set(name, value);
  if (response.body.kind !== 'single') return;
  const { singleResult } = response.body;
  singleResult.extensions = { ...singleResult.extensions, rateLimit: rateLimitExtension(rateLimit) };
}

/**
 * What HTTP needs beside the common rules: the cost and the workspaces' rates (they need the variables), no subscriptions,
 * masked errors, timing.
 */
export function heliographApolloPlugin(settings: GraphQLSettings): ApolloServerPlugin<GraphQLContext> {
  const { schema, rateLimits } = settings;
  const costs = new CostLimit(schema, MAX_COST_FIELDS);
  return {
    // What is thrown here takes the place of Apollo's own answer, a 500.
    async unexpectedErrorProcessingRequest({ error }) {
      if (error instanceof GraphQLError) throw conditionalSubscription(error);
    },
    async requestDidStart() {
      const startedMs = settings.clock.monotonicMs();
      return {
        async didResolveOperation({ document, operation, contextValue, request: { operationName, variables } }) {
          if (operation) annotateSpan({ 'graphql.operation.type': operation.operation });
          if (operation?.operation === 'subscription') {
            throw badRequest('Subscriptions are served over a WebSocket (graphql-transport-ws) on this same path.');
          }
          const request = { document, operationName, variables };
          const [tooCostly] = costs.errors(request);
          if (tooCostly) throw tooCostly;
          const charged = await chargeWorkspaces(rateLimits, schema, request, contextValue.viewer);
          contextValue.rateLimit = tighter(contextValue.rateLimit, charged);
          if (charged?.isAllowed === false) throw rateLimited(charged);
        },
        async willSendResponse(context) {
          maskErrors(context, settings);
          tellRateLimit(context);
          settings.onOperation?.(context.operation?.operation ?? 'invalid', settings.clock.monotonicMs() - startedMs);
        },
      };
    },
  };
}
