// `npm run compose:local`: the processes of docker-compose.yml with its commands, settings and order, where there is no
// Docker. An embedded Postgres stands in for the image of Postgres; the proxy and the replica are left out.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { freePort } from '../test/support/processes.ts';
import { readServices, type Service } from './compose/plan.ts';

const HEALTHY_WITHIN_MS = 60_000;
const PROBE_EVERY_MS = 500;
const STAND_INS: readonly string[] = ['postgres'];
const LEFT_OUT: readonly string[] = ['proxy', 'replica'];
const isScaled = process.argv.includes('--profile=scale');
const onFreePorts = process.argv.includes('--free-ports');

const given = {
  AUTH_JWT_SECRET: randomBytes(48).toString('base64'),
  TOKEN_ENCRYPTION_KEYS: `main:${randomBytes(32).toString('base64')}`,
  ...process.env,
};
const read = (file: string): string => fs.readFileSync(file, 'utf8');
const services = readServices(read('docker-compose.yml'), read('Dockerfile'), given).filter(
  ({ profiles }) => profiles.length === 0 || (isScaled && profiles.includes('scale')),
);
const unknown = services.filter(({ name, isOurs }) => !isOurs && ![...STAND_INS, ...LEFT_OUT].includes(name));
if (unknown.length > 0) throw new Error(`Nothing stands in for ${unknown.map(({ name }) => name).join(', ')}.`);

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heliograph-compose-'));
fs.chmodSync(folder, 0o755);
const postgres = await startEmbeddedPostgres({ dataDir: folder, path: process.env['PATH'] ?? '' });

/** Where `service:port` of the compose network, and a published port, are on this machine. */
const places = new Map<string, number>();
for (const { name, ports } of services)
  for (const port of ports) places.set(`${name}:${port}`, onFreePorts ? await freePort() : port);

/** The compose file's addresses as they are here; a database that is left out has none. */
const local = (text: string): string => {
  if (text.startsWith('/state/')) return path.join(folder, path.basename(text));
  if (text.startsWith('postgresql://')) return text.includes('@postgres:') ? postgres.url.reveal() : '';
  let result = text;
  for (const [place, port] of places) {
    const published = place.slice(place.indexOf(':') + 1);
    if (result === published) return `${port}`;
    result = result
      .replaceAll(`//${place}`, `//127.0.0.1:${port}`)
      .replaceAll(`//localhost:${published}`, `//localhost:${port}`);
  }
  return result;
};

const running: ChildProcess[] = [];
const started = new Map<string, Promise<void>>();

const launch = (service: Service, port: number): ChildProcess => {
  const [program = '', ...args] = service.command;
  const settings = Object.fromEntries(Object.entries(service.environment).map(([key, value]) => [key, local(value)]));
  const PATH = `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`;
  const env = { PATH, HOME: process.env['HOME'], ...settings, HOST: '127.0.0.1', PORT: `${port}` };
  const child = spawn(
    program,
    args.map((arg) => local(arg === '0.0.0.0' ? '127.0.0.1' : arg)),
    {
      env: { ...env, HELIOGRAPH_EXIT_WITH_PARENT: '1' },
      stdio: ['pipe', 'inherit', 'inherit'],
    },
  );
  running.push(child);
  return child;
};

/** The image's own health check, until it says yes. */
const untilHealthy = async ({ name, healthcheck = [] }: Service, child: ChildProcess, port: number): Promise<void> => {
  const [, ...args] = healthcheck;
  const deadline = performance.now() + HEALTHY_WITHIN_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const probe = spawn(process.execPath, args, { env: { PORT: `${port}` }, stdio: 'ignore' });
    const [code] = (await once(probe, 'exit')) as [number | null];
    if (code === 0) return;
    await pause(PROBE_EVERY_MS);
  }
  throw new Error(`${name} did not become healthy.`);
};

const run = async (service: Service): Promise<void> => {
  for (const { service: needed, condition } of service.dependencies) {
    if (STAND_INS.includes(needed)) continue;
    if (condition !== 'service_completed_successfully') throw new Error(`Nothing here waits for ${condition}.`);
    await start(needed);
  }
  const isOneShot = services.some(({ dependencies }) =>
    dependencies.some((one) => one.service === service.name && one.condition === 'service_completed_successfully'),
  );
  for (let index = 0; index < service.replicas; index += 1) {
    const [published] = service.ports;
    const port = (published !== undefined && places.get(`${service.name}:${published}`)) || (await freePort());
    const child = launch(service, port);
    if (isOneShot) {
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new Error(`${service.name} ended with ${code}.`);
    } else if (service.healthcheck) await untilHealthy(service, child, port);
    process.stdout.write(
      `${JSON.stringify({ service: service.name, port, role: service.environment['HELIOGRAPH_ROLE'] })}\n`,
    );
  }
};

const start = (name: string): Promise<void> => {
  const service = services.find((each) => each.name === name);
  if (!service) throw new Error(`There is no service ${name}.`);
  const promise = started.get(name) ?? run(service);
  started.set(name, promise);
  return promise;
};

const stop = async (): Promise<void> => {
  const alive = running.filter((child) => child.exitCode === null && child.signalCode === null);
  const ends = alive.map((child) => once(child, 'exit'));
  for (const child of alive) child.kill('SIGTERM');
  await Promise.all(ends);
  await postgres.stop();
  fs.rmSync(folder, { recursive: true, force: true });
};

let stopping: Promise<void> | undefined;
const end = (code: number): void => {
  stopping ??= stop().finally(() => process.exit(code));
};
process.on('SIGINT', () => end(0)).on('SIGTERM', () => end(0));
try {
  await Promise.all(services.filter(({ isOurs }) => isOurs).map(({ name }) => start(name)));
  process.stdout.write(`${JSON.stringify({ ready: true, secret: given.AUTH_JWT_SECRET })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  end(1);
}
