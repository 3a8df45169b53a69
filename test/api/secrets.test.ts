import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { expectNoSecret, expectNoSecretStored } from '../support/canary.ts';
import { CLIENT_SECRET, World } from '../support/world.ts';
import { connected } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

describe('what must never be printed', () => {
  it('no code, state or claim is in the log, and the world that looks for tokens at its end has seen some', async () => {
    const { team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const log = world.servers.flatMap(({ lines }) => lines).join('\n');
    expect(log.length).toBeGreaterThan(1000);
    expect(log).not.toMatch(/[?&](code|state|claim)=/);
    expect(log).not.toContain('hooks.slack.com');
    const tokens = (await world.slack.tokens()).filter(({ revoked }) => !revoked);
    expect(tokens.length).toBeGreaterThan(1);
  });

  it('what looks for secrets finds them: in text, in a table, and as bytes', async () => {
    expect(() => expectNoSecret('a text', 'so xoxb-1 it is')).toThrow('xoxb-');
    expect(() => expectNoSecret('a text', `so ${CLIENT_SECRET} it is`, [CLIENT_SECRET])).toThrow('number 0');
    await expectNoSecretStored(world.database, [CLIENT_SECRET]);
    await world.database.query(`create table planted (bytes bytea, text text)`);
    for (const [bytes, text] of [
      ['', CLIENT_SECRET],
      ['xoxe.xoxp-1', ''],
    ]) {
      await world.database.query('insert into planted values ($1, $2)', [Buffer.from(bytes ?? ''), text]);
      await expect(expectNoSecretStored(world.database, [CLIENT_SECRET])).rejects.toThrow('planted');
      await world.database.query('delete from planted');
    }
  });

  it('a diagnostic report of Node holds no setting, and the environment no secret', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-report-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await world.addServer({ NODE_OPTIONS: `--report-on-signal --report-signal=SIGIO --report-directory=${folder}` });
    world.servers.at(-1)?.kill('SIGIO');
    const written = () =>
      readdirSync(folder)
        .map((name) => readFileSync(path.join(folder, name), 'utf8'))
        .join('');
    await expect.poll(written, { timeout: 10_000 }).toMatch(/"javascriptHeap"[^]*\}\s*$/);
    const secrets = [CLIENT_SECRET, world.env['AUTH_JWT_SECRET'], world.env['TOKEN_ENCRYPTION_KEYS']];
    for (const secret of secrets) expect(written()).not.toContain(secret);
    expect(written()).not.toContain('"environmentVariables"');
  });
});
