import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { freePort, Program, runCommand } from '../support/processes.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-unmigrated-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const WAITS = 'The database is not at head';

/** Settings for a database without a table. */
const settings = async () => {
  const database = await createTestDatabase('template0');
  onTestFinished(() => database.drop());
  const port = await freePort();
  const env = { DATABASE_URL: database.url, HELIOGRAPH_DATA_DIR: folder, MIGRATE_ON_START: 'false', PORT: `${port}` };
  return { database, env, url: `http://localhost:${port}` };
};

const startWaiting = async (env: Record<string, string>): Promise<Program> => {
  const args = ['dist/server/main.js', 'serve'];
  const isWaiting = (line: string): boolean => line.includes(WAITS);
  const server = await Program.start('heliograph', args, { ...env, HELIOGRAPH_EXIT_WITH_PARENT: '1' }, isWaiting);
  onTestFinished(() => void server.stop());
  return server;
};

const probe = async (url: string): Promise<{ status: number; checks?: Record<string, string> }> => {
  const response = await fetch(url);
  return { ...((await response.json()) as object), status: response.status };
};

describe('a server on an empty database', () => {
  test('is alive, is not ready and names the migrations, and is ready once it is migrated', async () => {
    const { env, url } = await settings();
    const server = await startWaiting(env);
    await expect.poll(() => probe(`${url}/livez`).catch(() => undefined)).toMatchObject({ status: 200 });
    const { status, checks } = await probe(`${url}/readyz`);
    expect({ status, database: checks?.['database'] }).toEqual({ status: 503, database: 'ok' });
    expect(checks?.['migrations']).toMatch(/run "heliograph migrate": 0001-connections, 0002-delivery/);
    expect(await runCommand(['migrate'], folder, env)).toMatchObject({ code: 0 });
    const ready = () =>
      probe(`${url}/readyz`).then(
        ({ status: found }) => found,
        () => 0,
      );
    await expect.poll(ready, { timeout: 15_000 }).toBe(200);
    expect(await server.stop()).toBe(0);
  });

  test('stops while it waits', async () => {
    const { database, env } = await settings();
    const server = await startWaiting(env);
    expect(await server.stop()).toBe(0);
    expect(server.lines.join('\n')).not.toContain('is ready');
    expect(await database.query(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
  });
});

test('doctor and keys rotate say what to do about an empty database, and leave it empty', async () => {
  const { database, env } = await settings();
  const doctor = await runCommand(['doctor'], folder, env);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/✗ migrations: Not applied yet: 0001-connections.*\n {4}→ Run "heliograph migrate"/);
  const rotation = await runCommand(['keys', 'rotate'], folder, { ...env, LOG_LEVEL: 'silent' });
  expect(rotation).toMatchObject({ code: 1, stdout: '' });
  expect(rotation.stderr).toMatch(/^heliograph: cannot go on: The database is not at head\. Run "heliograph migrate"/);
  expect(rotation.stderr.trim().split('\n')).toHaveLength(1);
  expect(await database.query(`select from pg_tables where schemaname = 'public'`)).toEqual([]);
});
