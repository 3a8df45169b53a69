import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { playgroundRoute } from './playground.route.ts';

let directory: string;
let app: FastifyInstance;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'heliograph-playground-'));
  app = Fastify();
});
afterEach(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

const build = async (): Promise<void> => {
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Heliograph playground</title>');
  await writeFile(join(directory, 'assets', 'index-abc.js'), 'export {};');
};

test('the page is served under a policy that allows no foreign and no inline script', async () => {
  await build();
  await app.register(playgroundRoute, { directory });
  const page = await app.inject({ url: '/playground/', headers: { host: 'localhost:4000' } });
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('Heliograph playground');
  expect(page.headers['cache-control']).toBe('no-cache');
  const policy = String(page.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("connect-src 'self' ws://localhost:4000 wss://localhost:4000;");
});

test('its files may be kept for ever, since their names change with their contents', async () => {
  await build();
  await app.register(playgroundRoute, { directory });
  const file = await app.inject('/playground/assets/index-abc.js');
  expect(file.headers['cache-control']).toContain('immutable');
  expect((await app.inject('/playground/assets/../../package.json')).statusCode).toBe(404);
});

test('the address without a slash leads there and keeps its query', async () => {
  await build();
  await app.register(playgroundRoute, { directory });
  const redirect = await app.inject('/playground?status=granted&claim=abc');
  expect(redirect.statusCode).toBe(302);
  expect(redirect.headers.location).toBe('/playground/?status=granted&claim=abc');
});

test('a host header cannot add to the policy', async () => {
  await build();
  await app.register(playgroundRoute, { directory });
  const page = await app.inject({ url: '/playground/', headers: { host: "evil; script-src 'unsafe-inline'" } });
  expect(page.headers['content-security-policy']).not.toContain("script-src 'unsafe-inline'");
});

test('a page that is not built says how to build it', async () => {
  await app.register(playgroundRoute, { directory });
  const page = await app.inject('/playground/');
  expect(page.statusCode).toBe(503);
  expect(page.body).toContain('npm run build');
});
