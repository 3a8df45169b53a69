// One small violation of every rule. A rule that does not find its own is broken, however green it looks.
type Files = Readonly<Record<string, string>>;

const importing = (target: string): string => `import { x } from '${target}';\nexport const y = x;\n`;

/** File → what it imports. Every target inside the tree exists as well. */
const IMPORTS: Readonly<Record<string, string>> = {
  'src/channels/one.ts': './two.ts',
  'src/channels/two.ts': './one.ts',
  'src/access/left.ts': '../delivery/target.ts',
  'src/delivery/sdk.ts': '@slack/web-api',
  'src/delivery/traced.ts': '@opentelemetry/api',
  'src/delivery/composition.ts': '../app.ts',
  'src/delivery/simulated.ts': '../../simulator/target.ts',
  'simulator/server.ts': '../src/platform/target.ts',
  'src/delivery/tested.ts': '../../test/target.ts',
  'src/delivery/unresolved.ts': './nowhere.ts',
  'src/credentials/right.ts': '../connections/target.ts',
  'src/connections/right.ts': '../installs/target.ts',
  'src/installs/right.ts': '../identities/target.ts',
  'src/identities/right.ts': '../channels/target.ts',
  'src/channels/right.ts': '../event-types/target.ts',
  'src/event-types/right.ts': '../notifications/target.ts',
  'src/notifications/right.ts': '../delivery/target.ts',
  'src/delivery/right.ts': '../live/target.ts',
  'src/config/right.ts': '../platform/target.ts',
  'src/platform/right.ts': '../slack/target.ts',
  'src/slack/right.ts': '../access/target.ts',
  'src/access/right.ts': '../graphql/target.ts',
  'src/live/own.service.ts': 'type-graphql',
  'src/live/own.policy.ts': 'node:fs',
  'src/live/own.resolver.ts': './target.repository.ts',
  'src/live/edge.service.ts': './target.route.ts',
  'src/live/own.repository.ts': './target.service.ts',
  'src/live/query.service.ts': 'pg',
};

const targets = (): string[] => {
  const inside = Object.entries(IMPORTS).filter(([, target]) => target.startsWith('.') && !target.includes('nowhere'));
  const resolved = inside.map(([file, target]) => new URL(target, `file:///${file}`).pathname.slice(1));
  return resolved.filter((file) => IMPORTS[file] === undefined);
};

export const plants = (): Files => ({
  ...Object.fromEntries(targets().map((file) => [file, 'export const x = 1;\n'])),
  ...Object.fromEntries(Object.entries(IMPORTS).map(([file, target]) => [file, importing(target)])),
});
