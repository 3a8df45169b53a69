import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readServices } from '../../scripts/compose/plan.ts';
import { signToken } from '../../src/access/sign-token.ts';
import { STOP_WITHIN_MS } from '../../src/config/setting-warnings.ts';
import { Secret } from '../../src/platform/secret.ts';
import { Caller } from '../support/caller.ts';
import { NotificationDocument } from '../generated/graphql.ts';
import { accepted, connectTeam, identityOf } from '../support/world.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

interface Started {
  readonly service: string;
  readonly port: number;
  readonly role?: string;
}

let composed: ChildProcess;
const lines: string[] = [];
const started: Started[] = [];
let secret = '';
beforeAll(async () => {
  const tsx = path.join(ROOT, 'node_modules/tsx/dist/cli.mjs');
  const args = [tsx, 'scripts/compose-local.ts', '--free-ports'];
  // In the project, as docker compose is: but a developer's own .env is none of a test's business.
  composed = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = createInterface({ input: composed.stdout as NodeJS.ReadableStream });
  createInterface({ input: composed.stderr as NodeJS.ReadableStream }).on('line', (line) => lines.push(line));
  await new Promise<void>((resolve, reject) => {
    composed.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${lines.slice(-20).join('\n')}`)));
    output.on('line', (line) => {
      lines.push(line);
      if (line.startsWith('{"service"')) started.push(JSON.parse(line) as Started);
      if (line.startsWith('{"ready"')) {
        ({ secret } = JSON.parse(line) as { secret: string });
        resolve();
      }
    });
  });
}, 120_000);
afterAll(async () => {
  if (composed.exitCode !== null) return;
  const ended = once(composed, 'exit');
  composed.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

const portsOf = (role: string): number[] => started.filter((one) => one.role === role).map(({ port }) => port);

describe('docker-compose.yml', () => {
  test('migrates, and gives ready processes of both roles and a simulated Slack', async () => {
    expect(started.map(({ service }) => service).sort()).toEqual(['api', 'delivery', 'migrate', 'simulator']);
    for (const port of [...portsOf('api'), ...portsOf('delivery')])
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  });

  test('connects a team, and delivers by one process what another took', async () => {
    const auth = { kind: 'secret', secret: new Secret(secret), issuer: 'heliograph', audience: 'heliograph' } as const;
    const workspaces = { composed: 'ADMIN' } as const;
    const token = await signToken(auth, { userId: 'operator', workspaces, lifetime: '1h' });
    const callers = portsOf('api').map((port) => new Caller(`http://127.0.0.1:${port}`, 'operator', token));
    const [first = expect.unreachable()] = callers;
    await connectTeam(first, 'composed', 'T0ACME');
    const bot = await identityOf(first, 'composed', 'WORKSPACE_BOT');
    for (const [index, caller] of callers.entries()) {
      const message = {
        workspaceId: 'composed',
        sender: { identityId: bot.id },
        channelId: 'C0ACME0001',
        text: `${index}`,
      };
      const { id } = await accepted(caller, message);
      const status = async () => (await first.run(NotificationDocument, { id })).notification?.status;
      await expect.poll(status, { timeout: 10_000 }).toBe('DELIVERED');
    }
  });
});

describe('what is beside it', () => {
  test('the profile scale makes three processes of each role', () => {
    const given = { AUTH_JWT_SECRET: 'x', TOKEN_ENCRYPTION_KEYS: 'x' };
    const services = readServices(read('docker-compose.yml'), read('Dockerfile'), given);
    const countOf = (role: string): number =>
      services
        .filter(({ environment }) => environment['HELIOGRAPH_ROLE'] === role)
        .reduce((count, { replicas }) => count + replicas, 0);
    expect([countOf('api'), countOf('delivery')]).toEqual([3, 3]);
  });

  test('what the profile scale adds reads from the replica, and what is there without it does not wait for one', () => {
    const given = { AUTH_JWT_SECRET: 'x', TOKEN_ENCRYPTION_KEYS: 'x', POSTGRES_PASSWORD: 'other' };
    const services = readServices(read('docker-compose.yml'), read('Dockerfile'), given);
    const replicaOf = (name: string) => services.find((one) => one.name === name)?.environment['DATABASE_REPLICA_URL'];
    expect(services.find(({ name }) => name === 'replica')?.profiles).toEqual(['scale']);
    expect(replicaOf('api-scaled')).toBe('postgresql://heliograph:other@replica:5432/heliograph');
    expect(replicaOf('api')).toBe('');
  });

  test('the proxy leads to the services and ports that are there', () => {
    const { services } = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<string, unknown> };
    const upstreams = [...read('ops/nginx.conf').matchAll(/server ([\w-]+):(\d+) resolve/g)];
    expect(upstreams.map(([, name]) => name)).toEqual(Object.keys(services).filter((name) => name.startsWith('api')));
    expect(upstreams.every(([, , port]) => read('Dockerfile').includes(`EXPOSE ${port}`))).toBe(true);
  });

  test('the proxy hands on the address that was asked for, with its port', () => {
    expect(read('ops/nginx.conf')).toMatch(/^\s*proxy_set_header Host \$http_host;$/m);
  });

  test('the proxy holds sockets by the thousand', () => {
    const [, connections] = /worker_connections (\d+);/.exec(read('ops/nginx.conf')) ?? [];
    const [, files] = /worker_rlimit_nofile (\d+);/.exec(read('ops/nginx.conf')) ?? [];
    expect(Number(connections)).toBeGreaterThan(10_000);
    expect(Number(files)).toBeGreaterThan(2 * Number(connections));
  });

  test('what the simulated Slack granted outlives its container', () => {
    const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { command: string[]; volumes?: string[] }>;
      volumes: object;
    };
    const { command = [], volumes: mounts = [] } = services['simulator'] ?? {};
    const file = command[command.indexOf('--state-file') + 1] ?? '';
    const [volume = '', directory] = mounts[0]?.split(':') ?? [];
    expect(path.dirname(file)).toBe(directory);
    expect(Object.keys(volumes)).toContain(volume);
    // A volume takes the owner of the image's folder: the process is not root.
    expect(read('Dockerfile')).toContain(`install -d -o node ${directory}\n`);
  });

  test('docker-compose.yml gives every server time to stop', () => {
    const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
      services: Record<string, { environment?: Record<string, unknown>; stop_grace_period?: string }>;
    };
    const servers = Object.values(services).filter(({ environment }) => environment?.['HELIOGRAPH_ROLE']);
    expect(servers.length).toBeGreaterThanOrEqual(4);
    for (const { stop_grace_period: grace = '' } of servers) {
      expect(grace).toMatch(/^\d+s$/);
      expect(Number.parseInt(grace, 10) * 1000).toBeGreaterThan(STOP_WITHIN_MS);
    }
  });

  test('the Kubernetes example has both roles with probes, a disruption budget and time to stop', () => {
    interface Probe {
      readonly httpGet: { readonly path: string };
      readonly timeoutSeconds: number;
    }
    interface Resource {
      readonly kind: string;
      readonly metadata: { readonly name: string };
      readonly data?: Record<string, string>;
      readonly spec: {
        readonly replicas?: number;
        readonly strategy?: { readonly rollingUpdate: { readonly maxSurge: number } };
        readonly selector?: { readonly matchLabels?: Record<string, string> };
        readonly template?: {
          readonly spec: {
            readonly terminationGracePeriodSeconds?: number;
            readonly containers: {
              args?: string[];
              env?: { name: string; value: string }[];
              startupProbe?: Probe;
              readinessProbe?: Probe;
              livenessProbe?: Probe;
            }[];
          };
        };
      };
    }
    const all = parseAllDocuments(read('ops/kubernetes.yaml')).map((document) => document.toJS() as Resource);
    const migrate = all.find(({ kind }) => kind === 'Job');
    expect(migrate?.spec.template?.spec.containers[0]?.args).toEqual(['migrate']);
    const deployments = all.filter(({ kind }) => kind === 'Deployment');
    const roles = deployments.map(({ spec }) => spec.template?.spec.containers[0]?.env?.[0]?.value);
    expect(roles).toEqual(['api', 'delivery']);
    for (const { spec } of deployments) {
      const [container] = spec.template?.spec.containers ?? [];
      const { startupProbe, readinessProbe, livenessProbe } = container ?? {};
      const probes = [startupProbe, readinessProbe, livenessProbe];
      // What waits for migrations has started: it is not killed for that.
      expect(probes.map((probe) => probe?.httpGet.path)).toEqual(['/livez', '/readyz', '/livez']);
      // The checks of /readyz may take 2 s.
      for (const probe of probes) expect(probe?.timeoutSeconds).toBeGreaterThanOrEqual(3);
      expect((spec.template?.spec.terminationGracePeriodSeconds ?? 0) * 1000).toBeGreaterThan(STOP_WITHIN_MS);
      const budget = all.find(
        (one) =>
          one.kind === 'PodDisruptionBudget' &&
          one.spec.selector?.matchLabels?.['role'] === spec.selector?.matchLabels?.['role'],
      );
      expect(budget).toBeDefined();
    }
    // Those that end are not counted by Kubernetes: as many again as there are.
    const processes = deployments.reduce(
      (sum, { spec: { replicas = 0, strategy } }) => sum + 2 * replicas + (strategy?.rollingUpdate.maxSurge ?? 0),
      0,
    );
    const poolMax = Number(all.find(({ kind }) => kind === 'ConfigMap')?.data?.['DATABASE_POOL_MAX']);
    const [forListening, ofTheMigration, forSuperusers] = [1, 2, 3];
    expect(processes * (poolMax + forListening) + ofTheMigration + forSuperusers).toBeLessThanOrEqual(100);
  });

  test('the image has no Postgres, no root and a health check', () => {
    const stages = read('Dockerfile').split(/^FROM /m);
    const last = stages.at(-1) ?? '';
    expect(stages.length - 1).toBeGreaterThan(1);
    expect(last).toContain('\nUSER node\n');
    expect(last).toContain('HEALTHCHECK');
    expect(last).toContain('\nRUN ln -s /app/dist/server/main.js /usr/local/bin/heliograph\n');
    expect(last.match(/^COPY .*$/gm)).toEqual([
      'COPY --from=build /app/package.json ./',
      'COPY --from=build /app/dist ./dist',
    ]);
  });

  test('the image starts the server with its arguments and without core dumps, whatever the host allows', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-image-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const node = path.join(folder, 'node');
    writeFileSync(node, '#!/bin/sh\necho "$(ulimit -c) $*"\n', { mode: 0o755 });
    const entrypoint = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(read('Dockerfile'))?.[1] ?? '[]') as string[];
    const run = async (command: readonly string[]): Promise<string> => {
      const args = ['-c', 'ulimit -S -c 100 && exec "$@"', 'host', ...command];
      const { stdout } = await promisify(execFile)('sh', args, { env: { PATH: `${folder}:${process.env['PATH']}` } });
      return stdout.trim();
    };
    expect(await run(['node'])).toBe('100');
    expect(await run([...entrypoint, 'token', 'a b'])).toBe(
      '0 --enable-source-maps --min-semi-space-size=8 dist/server/main.js token a b',
    );
  });
});
