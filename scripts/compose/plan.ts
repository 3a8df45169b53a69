// What docker-compose.yml and the Dockerfile say about the processes of our own image, without Docker.
import { parse } from 'yaml';

export interface Dependency {
  readonly service: string;
  readonly condition: string;
}

/** A service that runs our image; or one of somebody else's, which the caller has to stand in for. */
export interface Service {
  readonly name: string;
  readonly isOurs: boolean;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly dependencies: readonly Dependency[];
  readonly replicas: number;
  readonly profiles: readonly string[];
  /** Ports inside, of those that are reachable from outside. */
  readonly ports: readonly number[];
  readonly healthcheck: readonly string[] | undefined;
}

interface ComposeService {
  readonly build?: string;
  readonly command?: string[];
  readonly entrypoint?: string[];
  readonly environment?: Record<string, string | number | boolean | null>;
  readonly depends_on?: string[] | Record<string, { condition: string }>;
  readonly deploy?: { replicas?: number };
  readonly profiles?: string[];
  readonly ports?: string[];
  readonly healthcheck?: { disable?: boolean };
}

const jsonAfter = (dockerfile: string, instruction: string): string[] => {
  const found = new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(dockerfile)?.[1];
  return found === undefined ? [] : (JSON.parse(found) as string[]);
};

/** `ENV A=1 B=2` of the last stage. */
const imageEnvironment = (dockerfile: string): Record<string, string> => {
  const line = /^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '';
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]));
};

/** Compose's `${NAME:-default}` and `${NAME:?what to do}`. */
export const substitute = (text: string, given: Readonly<Record<string, string | undefined>>): string =>
  text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string | undefined, rest: string = '') => {
    const value = given[name] || undefined;
    if (value === undefined && kind === '?') throw new Error(`${name} must be given: ${rest}`);
    return value ?? (kind === '-' ? rest : '');
  });

const dependenciesOf = ({ depends_on: on = [] }: ComposeService): Dependency[] =>
  Array.isArray(on)
    ? on.map((service) => ({ service, condition: 'service_started' }))
    : Object.entries(on).map(([service, { condition }]) => ({ service, condition }));

export const readServices = (
  compose: string,
  dockerfile: string,
  given: Readonly<Record<string, string | undefined>>,
): Service[] => {
  const { services } = parse(substitute(compose, given), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  return Object.entries(services).map(([name, service]) => {
    const entrypoint = service.entrypoint ?? jsonAfter(dockerfile, 'ENTRYPOINT');
    const isOurs = service.build !== undefined;
    const environment = { ...(isOurs ? imageEnvironment(dockerfile) : {}), ...service.environment };
    return {
      name,
      isOurs,
      command: [...entrypoint, ...(service.command ?? jsonAfter(dockerfile, 'CMD'))],
      environment: Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, value === null ? '' : String(value)]),
      ),
      dependencies: dependenciesOf(service),
      replicas: service.deploy?.replicas ?? 1,
      profiles: service.profiles ?? [],
      ports: (service.ports ?? []).map((mapping) => Number(mapping.split(':').at(-1))),
      healthcheck: service.healthcheck?.disable === true ? undefined : jsonAfter(dockerfile, '\\s+CMD'),
    };
  });
};
