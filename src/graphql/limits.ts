import { NoSchemaIntrospectionCustomRule, type ParseOptions, type ValidationRule } from 'graphql';
import { aliasRule, depthRule } from './shape.rules.ts';

export const MAX_QUERY_TOKENS = 2_000;
export const MAX_DEPTH_FIELDS = 12;
export const MAX_ALIASES = 50;
/** About 20,000 field values: a page of 100 notifications with every field, its attempts and its timeline. */
export const MAX_COST_FIELDS = 20_000;
/** To read and render templates holds up the process for up to some hundred ms: nine of them in a document. */
export const RENDERING_COST_FIELDS = 2_000;
/** One request's body; only a bulk send may be larger. */
export const BODY_LIMIT_BYTES = 256 * 1024;
export const BULK_BODY_LIMIT_BYTES = 8 * 1024 * 1024;
/** The text of a document, also in a bulk send: what is large belongs into the variables. */
export const DOCUMENT_LIMIT_BYTES = 256 * 1024;
export const FRAME_LIMIT_BYTES = 64 * 1024;
/** Queries and mutations of one socket that run at once, apart from its subscriptions. */
export const OPERATIONS_IN_FLIGHT_PER_SOCKET = 50;
/** What may wait in this process for a peer that reads slowly; the rest stays where it comes from. */
export const MAX_BUFFERED_BYTES = 256 * 1024;

/**
 * Who may ask for the schema. Every request has a viewer, so `on` and `authenticated` come to the same today; they
 * would part the day that something can be asked without a token.
 */
export type Introspection = 'on' | 'off' | 'authenticated';

export const parseOptions: ParseOptions = { maxTokens: MAX_QUERY_TOKENS };

/** What every document must pass beside GraphQL's own rules, over HTTP and over a socket alike. */
export const validationRules = (introspection: Introspection): readonly ValidationRule[] => [
  depthRule(MAX_DEPTH_FIELDS),
  aliasRule(MAX_ALIASES),
  ...(introspection === 'off' ? [NoSchemaIntrospectionCustomRule] : []),
];
