import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { GraphQLContext } from './context.ts';
import { costErrors } from './cost.ts';
import { maskError } from './errors.ts';
import { MAX_COST_FIELDS } from './limits.ts';
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

/** What HTTP needs beside the common rules: the cost (it needs the variables), no subscriptions, masked errors, timing. */
export function heliographApolloPlugin(settings: GraphQLSettings): ApolloServerPlugin<GraphQLContext> {
  return {
    async requestDidStart() {
      const startedMs = settings.clock.monotonicMs();
      return {
        async didResolveOperation({ document, operation, request: { operationName, variables } }) {
          if (operation?.operation === 'subscription') {
            throw badRequest('Subscriptions are served over a WebSocket (graphql-transport-ws) on this same path.');
          }
          const [tooCostly] = costErrors(settings.schema, { document, operationName, variables }, MAX_COST_FIELDS);
          if (tooCostly) throw tooCostly;
        },
        async willSendResponse(context) {
          maskErrors(context, settings);
          settings.onOperation?.(context.operation?.operation ?? 'invalid', settings.clock.monotonicMs() - startedMs);
        },
      };
    },
  };
}
