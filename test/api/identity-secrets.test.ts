import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ConnectionDocument, NotificationHistoryDocument } from '../generated/graphql.ts';
import { UNPACED } from '../support/desk.ts';
import { CLIENT_SECRET } from '../support/simulated-slack.ts';
import { accepted, RETURN_TO, World } from '../support/world.ts';
import { callback, connected, consented, newTeam, newWorkspace, personal, personIn } from './identity-steps.ts';

const SIGNING_SECRET = 'test-signing-secret';
const HOURS_UNTIL_EXPIRED = 13;

let world: World;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-secrets-'));
  const simulator = { rotation: true, stateFile: path.join(folder, 'slack.json'), signingSecret: SIGNING_SECRET };
  world = await World.start({ simulator, env: { ...UNPACED, LOG_LEVEL: 'debug', LOG_CONTENT: 'true' } });
});
afterAll(async () => {
  await world.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Everything that Slack ever gave out, in clear. */
const tokensOfSlack = (): string[] => {
  const state = JSON.parse(readFileSync(path.join(folder, 'slack.json'), 'utf8')) as { tokens: { value: string }[] };
  return state.tokens.map(({ value }) => value);
};

/** The database as a dump would hold it: text, and bytes in hexadecimal. */
const dump = async (): Promise<string> => {
  const tables = await world.database.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  let text = '';
  for (const { name } of tables) {
    const rows = await world.database.query<{ row: string }>(`select t::text as row from ${name} t`);
    text += rows.map(({ row }) => row).join('\n');
  }
  return text;
};

/** Every answer of the server over HTTP from now on, as text. */
const listen = (): string[] => {
  const answers: string[] = [];
  const realFetch = globalThis.fetch;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const response = await realFetch(input, init);
    const url = input instanceof Request ? input.url : String(input);
    if (url.startsWith(world.url)) answers.push(await response.clone().text());
    return response;
  });
  return answers;
};

const encodings = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  Buffer.from(secret).toString('base64').replaceAll('=', ''),
  encodeURIComponent(secret),
];

describe('tokens and secrets', () => {
  it('no input anywhere takes a token, and no type can hold one', () => {
    const schema = readFileSync('schema.graphql', 'utf8');
    const fields = [...schema.matchAll(/^ {2}(\w+)(?:\(.*\))?:/gm)].map(([, name]) => name ?? '');
    const suspicious = fields.filter((name) => /token|secret|webhook|password/i.test(name));
    expect(new Set(suspicious)).toEqual(new Set(['tokenExpiresAt']));
  });

  it(
    'tokens, the client secret, codes and webhook URLs are found nowhere: logs, answers, history, metrics, the database',
    { timeout: 60_000 },
    async () => {
      const answers = listen();
      // An install whose answer carries a webhook and a person's token, step by step: its code and state are canaries.
      const workspaceId = newWorkspace();
      const team = await newTeam(world);
      const ada = await personIn(world, 'ada', { [workspaceId]: 'ADMIN' });
      const authorizeUrl = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO });
      const everything = {
        team: team.id,
        user: team.people[0],
        user_scope: 'chat:write',
        scope: 'chat:write,channels:read,channels:history,incoming-webhook',
        webhook_channel: team.general,
      };
      const back = await consented(authorizeUrl, everything);
      const location = (await callback(back)).headers.get('location') ?? '';
      const claim = new URL(location).searchParams.get('claim') ?? '';
      const { connection } = await ada.complete(claim);
      if (!connection) throw new Error('The install was not completed.');
      await ada.authorize(connection, team.people[1]);

      // A refused install, and one that nobody claims: their tokens wait to be revoked, since Slack hangs.
      await world.slack.fault({ match: { method: 'auth.revoke' }, fault: { type: 'hang' }, times: 0 });
      const other = await newTeam(world);
      const mistaken = { ...personal(connection), intent: 'WORKSPACE' } as const;
      await expect(ada.claimOf(mistaken, { team: other.id })).rejects.toThrow('TEAM_MISMATCH');
      await ada.claimOf(personal(connection), { user: team.people[2] });
      const gone = await connected(world);
      await gone.ada.disconnect(gone.connection.id);

      // Messages and refreshes, good and bad; answers of Slack that quote the token they were given.
      const [bot] = await ada.identities(workspaceId);
      const send = (text: string) =>
        accepted(ada, { workspaceId, sender: { identityId: bot?.id ?? '' }, channelId: team.general, text });
      const statusOf = async (id: string): Promise<string | undefined> => {
        const history = await ada.run(NotificationHistoryDocument, { workspaceId });
        return history.notificationHistory.nodes.find((node) => node.id === id)?.status;
      };
      await world.slack.advance(HOURS_UNTIL_EXPIRED);
      const half = { type: 'status', status: 200, body: `{"ok":true,"access_token":"${tokensOfSlack()[0]}` };
      await world.slack.fault({ match: { method: 'oauth.v2.access', team: team.id }, fault: half });
      const first = await send('after a refresh');
      await expect.poll(() => statusOf(first.id), { timeout: 20_000 }).toBe('DELIVERED');
      const quoting = { type: 'error', error: 'invalid_blocks', extra: { response_metadata: { messages: ['no'] } } };
      await world.slack.fault({ match: { method: 'chat.postMessage', team: team.id }, fault: quoting });
      const second = await send('refused');
      await expect.poll(() => statusOf(second.id)).toBe('FAILED');
      await world.slack.revoke({ team: team.id });
      const third = await send('after the end');
      await expect.poll(async () => (await ada.connections(workspaceId))[0]?.status).toBe('NEEDS_REAUTHORIZATION');
      await expect.poll(() => statusOf(third.id)).toBe('RETRYING');
      await ada.run(ConnectionDocument, { id: connection.id, first: 100 });
      await callback(back);
      await (await fetch(`${world.url}/metrics`)).text();

      const tokens = tokensOfSlack();
      expect(tokens.length).toBeGreaterThan(8);
      const code = back.searchParams.get('code') ?? '';
      const state = authorizeUrl.searchParams.get('state') ?? '';
      expect([code, state, claim].map((text) => text.length > 15)).toEqual([true, true, true]);
      const log = world.servers.flatMap(({ lines }) => lines).join('\n');
      expect(log).toContain('Slack answered');
      expect(answers.length).toBeGreaterThan(20);
      const database = await dump();
      expect(database).toContain(team.id);
      const places = { log, answers: answers.join('\n'), database };
      for (const secret of [
        ...tokens,
        CLIENT_SECRET,
        SIGNING_SECRET,
        code,
        `${world.slack.url}/services/`,
        'hooks.slack.com',
        'xoxb-',
        'xoxp-',
        'xoxe',
      ]) {
        for (const [place, text] of Object.entries(places)) {
          const found = encodings(secret).filter((encoded) => text.includes(encoded));
          expect(found, `${place} holds a secret`).toEqual([]);
        }
      }
      // The state is in the address that the browser is sent to, and the claim in the one that it comes back to: nowhere else.
      for (const secret of [state, claim]) {
        for (const encoded of encodings(secret))
          expect(log.includes(encoded) || database.includes(encoded)).toBe(false);
      }
    },
  );
});
