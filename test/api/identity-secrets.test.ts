import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_SECRET, World } from '../support/world.ts';
import { connected } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: { LOG_LEVEL: 'debug' } });
});
afterAll(() => world.stop());

describe('tokens and secrets', () => {
  it('no input anywhere takes a token, and no type can hold one', () => {
    const schema = readFileSync('schema.graphql', 'utf8');
    const fields = [...schema.matchAll(/^ {2}(\w+)(?:\(.*\))?:/gm)].map(([, name]) => name ?? '');
    const suspicious = fields.filter((name) => /token|secret|webhook|password/i.test(name));
    expect(new Set(suspicious)).toEqual(new Set(['tokenExpiresAt']));
  });

  it('no token, client secret, code or claim is in the log or readable in the database', async () => {
    const { team, ada, connection } = await connected(world);
    await ada.authorize(connection, team.people[0]);
    const log = world.servers.flatMap(({ lines }) => lines).join('\n');
    expect(log.length).toBeGreaterThan(1000);
    const tables = await world.database.query<{ name: string }>(
      `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    let dump = '';
    for (const { name } of tables) {
      const rows = await world.database.query<{ row: string }>(`select t::text as row from ${name} t`);
      dump += rows.map(({ row }) => row).join('\n');
    }
    // What Slack's tokens begin with, as text and as the hexadecimal that bytea prints.
    for (const text of ['xoxb-', 'xoxp-', 'xoxe', CLIENT_SECRET, 'hooks.slack.com']) {
      expect(log).not.toContain(text);
      expect(dump).not.toContain(text);
      expect(dump).not.toContain(Buffer.from(text).toString('hex'));
    }
    expect(log).not.toMatch(/[?&](code|state|claim)=/);
  });
});
