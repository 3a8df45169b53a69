import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { adminRoute } from './admin.route.ts';

const page = { publicUrl: 'http://localhost:4000', hostOrigins: ['https://host</script>'], production: true };
const HTML = '<!doctype html><meta content="{{nonce}}"><script type="application/json">{{config}}</script>';

let directory: string;
let app: FastifyInstance;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'heliograph-admin-'));
  app = Fastify();
});
afterEach(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

const serve = async (): Promise<void> => {
  await mkdir(join(directory, 'assets'));
  await mkdir(join(directory, 'icons'));
  await writeFile(join(directory, 'index.html'), HTML);
  await writeFile(join(directory, 'assets', 'index-abc.js'), 'export {};');
  await app.register(adminRoute, { directory, page });
};

test('every address of the admin is the page, under a policy without a foreign host or anything unsafe', async () => {
  await serve();
  const answer = await app.inject({ url: '/admin/w/demo/notifications?n=1', headers: { host: 'localhost:4000' } });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-cache');
  const policy = String(answer.headers['content-security-policy']);
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("connect-src 'self' ws://localhost:4000 wss://localhost:4000;");
  expect(policy).not.toContain('unsafe');
});

test('the nonce in the page is the one in its policy, and another one each time', async () => {
  await serve();
  const answers = [await app.inject('/admin/'), await app.inject('/admin/')];
  const nonces = answers.map(({ body }) => /content="([^"]+)"/.exec(body)?.[1]);
  answers.forEach(({ headers }, index) =>
    expect(headers['content-security-policy']).toContain(`'nonce-${nonces[index]}'`),
  );
  expect(nonces[0]).not.toBe(nonces[1]);
});

test('what the page is told cannot end the element that it stands in', async () => {
  await serve();
  const { body } = await app.inject('/admin/');
  const [, told = ''] = /json">(.*)<\/script>$/.exec(body) ?? [];
  expect(told).not.toContain('</script>');
  expect(JSON.parse(told)).toEqual(page);
});

test('its files may be kept for ever, and a file that is not there is not the page', async () => {
  await serve();
  expect((await app.inject('/admin/assets/index-abc.js')).headers['cache-control']).toContain('immutable');
  expect((await app.inject('/admin/assets/index-old.js')).statusCode).toBe(404);
  expect((await app.inject('/admin/assets/../../package.json')).statusCode).not.toBe(200);
});

test('a host header cannot add to the policy', async () => {
  await serve();
  const answer = await app.inject({ url: '/admin/', headers: { host: "evil; script-src 'unsafe-inline'" } });
  expect(answer.headers['content-security-policy']).not.toContain('unsafe-inline');
});

test('a page that is not built says how to build it', async () => {
  await app.register(adminRoute, { directory, page });
  const answer = await app.inject('/admin/w/demo');
  expect(answer.statusCode).toBe(503);
  expect(answer.body).toContain('npm run build');
});
