import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Viewer } from '../access/viewer.ts';
import type { Stoppable } from '../platform/lifecycle.ts';
import type { Allowance } from '../platform/rate-limits.ts';
import { heliographApolloPlugin } from './apollo.plugin.ts';
import type { GraphQLContext } from './context.ts';
import { maskError } from './errors.ts';
import { parseOptions, validationRules } from './limits.ts';
import { rateLimited, rateLimitExtension, rateLimitHeaders } from './rate-limits.ts';
import { acceptJsonBodies, graphqlErrorHandler } from './request-body.ts';
import type { GraphQLSettings } from './settings.ts';
import { tracedHandler } from './traced-requests.ts';

export const GRAPHQL_PATH = '/graphql';

const createApollo = (app: FastifyInstance, settings: GraphQLSettings): ApolloServer<GraphQLContext> =>
  new ApolloServer<GraphQLContext>({
    schema: settings.schema,
    parseOptions,
    validationRules: [...validationRules(settings.introspection)],
    // Our own rule decides, so that HTTP and the sockets agree.
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: settings.logger,
    // For what fails before a request has a context; all else is rendered by the plugin.
    formatError: (_formatted, error) => maskError(error, { suggestions: settings.suggestions }).formatted,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      // Nothing of what is asked goes to Apollo, whatever APOLLO_KEY says, and what would tell it is not loaded.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      fastifyApolloDrainPlugin(app),
      heliographApolloPlugin(settings),
    ],
  });

/** Queries by GET would put their variables into the logs of every proxy. */
const ONLY_POST = {
  errors: [{ message: 'GraphQL requests come by POST.', extensions: { code: 'BAD_USER_INPUT' } }],
};

/**
 * Serves POST /graphql. The token and its user's rate are checked before the body is read. `stop()` finishes open requests
 * and closes the Fastify instance with it; stop the sockets before, since an open one would hold it back.
 */
export async function serveGraphQLOverHttp(app: FastifyInstance, settings: GraphQLSettings): Promise<Stoppable> {
  const apollo = createApollo(app, settings);
  await apollo.start();
  const viewers = new WeakMap<FastifyRequest, Viewer>();
  const counted = new WeakMap<FastifyRequest, Allowance>();
  const contextOf = async (request: FastifyRequest): Promise<GraphQLContext> => {
    const viewer = viewers.get(request);
    if (!viewer) throw new Error('A GraphQL request came through without a viewer.');
    return { viewer, rateLimit: counted.get(request), requestId: request.id, resolver: settings.resolver };
  };
  const extensionsOf = (request: FastifyRequest): object | undefined => {
    const rateLimit = counted.get(request);
    return rateLimit && { rateLimit: rateLimitExtension(rateLimit) };
  };
  await app.register(async (scope) => {
    acceptJsonBodies(scope);
    scope.setErrorHandler(graphqlErrorHandler(settings, extensionsOf));
    scope.addHook('onRequest', async (request, reply) => {
      reply.header('x-request-id', request.id);
      const viewer = await settings.authenticate(request.headers.authorization);
      const rateLimit = await settings.rateLimits?.take('VIEWER', viewer.userId);
      if (rateLimit) {
        counted.set(request, rateLimit);
        reply.headers(rateLimitHeaders(rateLimit));
        if (!rateLimit.isAllowed) throw rateLimited(rateLimit);
      }
      viewers.set(request, viewer);
    });
    scope.post(GRAPHQL_PATH, tracedHandler(fastifyApolloHandler(apollo, { context: contextOf })));
  });
  app.route({
    method: ['GET', 'PUT', 'PATCH', 'DELETE'],
    url: GRAPHQL_PATH,
    handler: (_request, reply) => reply.code(405).header('allow', 'POST').send(ONLY_POST),
  });
  return { stop: () => apollo.stop() };
}
