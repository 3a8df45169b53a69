// The import table of ARCHITECTURE.md as rules of dependency-cruiser.
import type { IRegularForbiddenRuleType } from 'dependency-cruiser';

const FEATURES_TO_THE_LEFT: Readonly<Record<string, readonly string[]>> = {
  credentials: [],
  connections: ['credentials'],
  installs: ['credentials', 'connections'],
  identities: ['credentials', 'connections'],
  channels: ['credentials', 'connections', 'installs', 'identities'],
  'event-types': ['credentials', 'connections', 'installs', 'identities', 'channels'],
  notifications: ['credentials', 'connections', 'installs', 'identities', 'channels', 'event-types'],
  delivery: ['credentials', 'connections', 'installs', 'identities', 'channels', 'event-types', 'notifications'],
  live: [
    'credentials',
    'connections',
    'installs',
    'identities',
    'channels',
    'event-types',
    'notifications',
    'delivery',
  ],
};

const INFRASTRUCTURE_TO_THE_LEFT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  platform: ['config'],
  slack: ['config', 'platform'],
  access: ['config', 'platform'],
  graphql: ['config', 'platform', 'slack', 'access'],
};

const FEATURES = Object.keys(FEATURES_TO_THE_LEFT);
const INFRASTRUCTURE = Object.keys(INFRASTRUCTURE_TO_THE_LEFT);

/** Values without effects that every layer, the settings too, may speak in. */
const VOCABULARY = '^src/platform/(secret|clock|ids|logger)[.]ts$';
const TESTS = '[.]test[.]ts$';
/** GraphQL classes and resolvers speak GraphQL wherever they stand. */
const EDGES = '[.](types|resolver|route)[.]ts$';
const folders = (names: readonly string[]): string => `^src/(${names.join('|')})/`;
const layer = (...names: string[]): string => `^src/.+[.](${names.join('|')})[.]ts$`;
const packages = (...names: string[]): string => `(^|node_modules/)(${names.join('|')})(/|$)`;

const GRAPHQL_PACKAGES = packages('graphql', 'type-graphql', '@apollo/server', 'graphql-scalars', 'graphql-ws');
const DATABASE_PACKAGES = packages('pg', 'kysely', '@mikro-orm/[^/]+', 'mikro-orm');
const EFFECTS = '^(node:)?(fs|net|http|https|http2|tls|dgram|child_process|worker_threads)(/|$)';

type Rule = Omit<IRegularForbiddenRuleType, 'severity'> & { readonly name: string };

const orderRules = (order: Readonly<Record<string, readonly string[]>>, all: readonly string[]): Rule[] =>
  Object.entries(order).map(([folder, left]) => ({
    name: `${folder}-imports-only-to-its-left`,
    from: { path: `^src/${folder}/`, pathNot: [TESTS, ...(folder === 'access' ? [EDGES] : [])] },
    to: { path: folders(all.filter((name) => name !== folder && !left.includes(name))), pathNot: VOCABULARY },
  }));

const layerRules: Rule[] = [
  {
    name: 'graphql-stays-in-resolvers-and-types',
    from: { path: layer('service', 'repository', 'entity', 'policy', 'states', 'errors', 'worker', 'sql', 'gateway') },
    to: { path: [GRAPHQL_PACKAGES, '^src/graphql/', layer('types', 'resolver')] },
  },
  {
    name: 'policies-have-no-effects',
    from: { path: layer('entity', 'policy', 'states', 'errors') },
    to: { path: [EFFECTS, packages('pg', 'fastify'), layer('service', 'repository', 'worker', 'route', 'gateway')] },
  },
  {
    name: 'resolvers-and-routes-do-not-query',
    from: { path: layer('resolver', 'route') },
    to: { path: [DATABASE_PACKAGES, layer('repository', 'worker')] },
  },
  {
    name: 'services-know-no-edge',
    from: { path: layer('service') },
    to: { path: [packages('fastify'), layer('resolver', 'route', 'worker')] },
  },
  {
    name: 'repositories-only-store',
    from: { path: layer('repository') },
    to: { path: [layer('service', 'resolver', 'route', 'worker'), '^src/(slack|graphql)/'] },
  },
  {
    name: 'only-repositories-query',
    from: { path: '^src/', pathNot: [layer('repository', 'entity', 'sql', 'test'), '^src/platform/'] },
    to: { path: DATABASE_PACKAGES, dependencyTypesNot: ['type-only'] },
  },
];

const boundaryRules: Rule[] = [
  { name: 'no-cycles', from: {}, to: { circular: true } },
  {
    name: 'infrastructure-knows-no-feature',
    from: { path: folders(INFRASTRUCTURE), pathNot: TESTS },
    to: { path: folders(FEATURES) },
  },
  {
    name: 'only-slack-imports-the-sdk',
    from: { path: '^src/', pathNot: '^src/slack/' },
    to: { path: packages('@slack/web-api') },
  },
  {
    name: 'only-the-platform-traces',
    from: { path: '^src/', pathNot: '^src/platform/' },
    to: { path: packages('@opentelemetry/[^/]+') },
  },
  {
    name: 'nobody-imports-main-or-the-composition',
    from: { path: '^src/', pathNot: '^src/[^/]+[.]ts$' },
    to: { path: '^src/[^/]+[.]ts$' },
  },
  {
    name: 'only-the-composition-starts-the-simulator',
    from: { path: '^src/', pathNot: ['^src/[^/]+[.]ts$', TESTS] },
    to: { path: '^simulator/' },
  },
  {
    name: 'the-simulator-is-a-program-of-its-own',
    from: { path: '^simulator/', pathNot: TESTS },
    to: { path: '^src/' },
  },
  {
    name: 'programs-import-no-tests',
    from: { path: '^(src|simulator|migrations)/', pathNot: TESTS },
    to: { path: ['^test/', TESTS] },
  },
  { name: 'imports-resolve', from: { path: '^(src|simulator)/' }, to: { couldNotResolve: true, path: '^[.]' } },
];

export const forbidden: readonly Rule[] = [
  ...boundaryRules,
  ...orderRules(FEATURES_TO_THE_LEFT, FEATURES).filter(({ to }) => to.path !== folders([])),
  ...orderRules(INFRASTRUCTURE_TO_THE_LEFT, INFRASTRUCTURE).filter(({ to }) => to.path !== folders([])),
  ...layerRules,
];
