import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openDesk } from '../support/desk.ts';
import { freePort, runCommand } from '../support/processes.ts';
import { CLIENT_SECRET } from '../support/simulated-slack.ts';
import { World } from '../support/world.ts';
import { control, sendEvent } from './slack-event-steps.ts';

const SIGNING_SECRET = '0123456789abcdef0123456789abcdef';
let world: World;
let folder: string;

beforeAll(async () => {
  const simulator = { signingSecret: SIGNING_SECRET };
  world = await World.start({ env: { SLACK_SIGNING_SECRET: SIGNING_SECRET }, simulator });
  folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-doctor-'));
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true });
});

/** With the settings of a server that runs, but for what is given. */
const doctor = async (env: Record<string, string> = {}) => {
  const { code, stdout } = await runCommand(['doctor'], folder, { ...world.env, ...env });
  const lines = stdout.split('\n');
  return { code, stdout, lines, of: (name: string) => lines.filter((line) => line.slice(2).startsWith(`${name}: `)) };
};

const freshDatabase = async (): Promise<TestDatabase> => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  return database;
};

test('finds no problem where settings, database and Slack fit together', async () => {
  const { code, stdout, of } = await doctor({ PUBLIC_URL: 'https://heliograph.example.com' });
  expect(code).toBe(0);
  expect(stdout).not.toContain('✗');
  for (const name of [
    'settings',
    'redirect URI',
    'clock of the database',
    'migrations',
    'encryption keys',
    'scopes',
    'Slack',
    'clock of Slack',
    'client id and secret',
  ])
    expect(of(name)).toEqual([expect.stringMatching(/^✓/)]);
  // The tests' own Postgres does not wait for its disk, and nobody has sent an event yet.
  for (const name of ['database', 'signing secret']) expect(of(name)).toEqual([expect.stringMatching(/^!/)]);
});

test('finds no problem in an arrangement with the simulated Slack on this machine, whatever signs its events', async () => {
  const { code, of } = await doctor({ SLACK_SIGNING_SECRET: 'sandbox-signing-secret' });
  expect(of('redirect URI')).toEqual([expect.stringMatching(/^✓ .*http:\/\/localhost/)]);
  expect(of('signing secret')).toEqual([expect.stringMatching(/^! .*No event to act on .* in the last 7 days/)]);
  expect(code).toBe(0);
});

test('says of each thing that is wrong what to do about it, prints no secret, and its exit code is 1', async () => {
  const secrets = { SLACK_CLIENT_SECRET: 'not-the-secret' };
  const { code, stdout, lines, of } = await doctor({ ...secrets, SLACK_BOT_SCOPES: 'chat:write' });
  expect(code).toBe(1);
  expect(of('client id and secret')).toEqual([expect.stringMatching(/^✗.*bad_client_secret/)]);
  expect(of('scopes').length).toBeGreaterThan(1);
  const wrong = lines.filter((line) => /^[!✗]/.test(line));
  expect(lines.filter((line) => line.startsWith('    → '))).toHaveLength(wrong.length);
  for (const secret of [...Object.values(secrets), CLIENT_SECRET, SIGNING_SECRET]) expect(stdout).not.toContain(secret);
});

test('warns of settings that are legal and defeat each other', async () => {
  const { code, of } = await doctor({ SLACK_SIGNING_SECRET: SIGNING_SECRET, CONFIRM_MAX_HOLD_SECONDS: '30' });
  expect(of('settings')).toEqual([expect.stringMatching(/^! .*CONFIRM_MAX_HOLD_SECONDS/)]);
  expect(code).toBe(0);
});

test('warns of a replica that is none, without its password', async () => {
  const { of } = await doctor({ DATABASE_REPLICA_URL: world.database.url });
  expect(of('replica')).toEqual([expect.stringMatching(/^! .*is not a standby/)]);
  const { of: ofAnother } = await doctor({ DATABASE_REPLICA_URL: (await freshDatabase()).url });
  expect(ofAnother('replica')).toEqual([expect.stringMatching(/^! .*is not a copy of the database/)]);
  const { of: ofNone, stdout } = await doctor({
    DATABASE_REPLICA_URL: 'postgresql://user:s3cret-of-a-replica@127.0.0.1:1/x',
  });
  expect(ofNone('replica')).toEqual([expect.stringMatching(/^! .*ECONNREFUSED/)]);
  expect(stdout).not.toContain('s3cret-of-a-replica');
});

test('counts the connections that lack a scope, and says what is lost without it', async () => {
  await openDesk(world, 'few-scopes', 'T0ACME', 'chat:write,channels:read');
  const { of } = await doctor();
  expect(of('scopes')).toContainEqual(
    expect.stringMatching(/^! scopes: 1 connections lack channels:history\. .*UNCONFIRMED/),
  );
});

test('says when an event was last acted on, and nothing of a signing secret that was changed since', async () => {
  await openDesk(world, 'told', 'T0GLOBEX');
  await control(world, 'events', { url: `${world.url}/slack/events` });
  await sendEvent(world, { team: 'T0GLOBEX', event: { type: 'team_rename', name: 'Globex' } });
  const { of } = await doctor({ SLACK_SIGNING_SECRET: 'f'.repeat(32) });
  const says =
    /^✓ signing secret: The last event that was acted on came at 20\S+Z\. Whether .* changed since, it cannot/;
  expect(of('signing secret')).toEqual([expect.stringMatching(says)]);
});

test('tells a database and a Slack that cannot be reached, both in one run', async () => {
  const nowhere = await freePort();
  const { code, of } = await doctor({
    DATABASE_URL: `postgres://nobody@127.0.0.1:${nowhere}/none`,
    SLACK_API_URL: `http://127.0.0.1:${nowhere}/api/`,
  });
  expect(code).toBe(1);
  for (const name of ['database', 'Slack']) expect(of(name)).toEqual([expect.stringMatching(/^✗/)]);
});

test('tells keys that do not fit the database, and a database that is behind', async () => {
  const keys = `test:${randomBytes(32).toString('base64')}`;
  expect((await doctor({ TOKEN_ENCRYPTION_KEYS: keys })).of('encryption keys')).toEqual([expect.stringMatching(/^✗/)]);
  const behind = await freshDatabase();
  await behind.query('delete from heliograph_migrations where name = $1', ['0008-health']);
  const { code, of } = await doctor({ DATABASE_URL: behind.url });
  expect(code).toBe(1);
  expect(of('migrations')).toEqual([expect.stringMatching(/^✗.*0008-health/)]);
});

test('changes nothing: keys that the database has not seen are not made its own', async () => {
  const fresh = await freshDatabase();
  for (const id of ['first', 'second']) {
    const keys = `${id}:${randomBytes(32).toString('base64')}`;
    const { of } = await doctor({ DATABASE_URL: fresh.url, TOKEN_ENCRYPTION_KEYS: keys });
    expect(of('encryption keys')).toEqual([expect.stringMatching(/^✓/)]);
  }
  expect(await fresh.query('select * from encryption_key_checks')).toEqual([]);
});
