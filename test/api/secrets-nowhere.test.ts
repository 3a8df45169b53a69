import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { expectNoSecret, expectNoSecretStored } from '../support/canary.ts';
import { CLIENT_SECRET } from '../support/simulated-slack.ts';
import { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

test('the search that every world ends with finds a secret: in text, in a table, and as bytes', async () => {
  expect(() => expectNoSecret('a text', 'so xoxb-1 it is')).toThrow('xoxb-');
  expect(() => expectNoSecret('a text', `so ${CLIENT_SECRET} it is`, [CLIENT_SECRET])).toThrow('number 0');
  await world.database.query('create table planted (bytes bytea, text text)');
  const token = await world.token('ada', {});
  const secrets = [CLIENT_SECRET, token];
  const planted: [string, string][] = [
    ['', CLIENT_SECRET],
    ['', `Bearer ${token}`],
    ['xoxe.xoxp-1', ''],
  ];
  await expectNoSecretStored(world.database, secrets);
  for (const [bytes, text] of planted) {
    await world.database.query('insert into planted values ($1, $2)', [Buffer.from(bytes), text]);
    await expect(expectNoSecretStored(world.database, secrets)).rejects.toThrow('planted');
    await world.database.query('delete from planted');
  }
});

test('a diagnostic report of Node shows neither the environment nor a setting', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await world.addServer({ NODE_OPTIONS: `--report-on-signal --report-signal=SIGIO --report-directory=${folder}` });
  world.servers.at(-1)?.kill('SIGIO');
  const written = (): string =>
    readdirSync(folder)
      .map((name) => readFileSync(path.join(folder, name), 'utf8'))
      .join('');
  await expect.poll(written, { timeout: 10_000 }).toMatch(/"javascriptHeap"[^]*\}\s*$/);
  const secrets = [CLIENT_SECRET, world.env['AUTH_JWT_SECRET'], world.env['TOKEN_ENCRYPTION_KEYS']];
  for (const secret of secrets) expect(written()).not.toContain(secret);
  expect(written()).not.toContain('"environmentVariables"');
});
