import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Decision } from '../support/slack-control.ts';
import { RETURN_TO, travel, World } from '../support/world.ts';
import { callback, consented, newTeam, newWorkspace, personIn, type Person } from './identity-steps.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.stop());

const adminOf = (workspaceId: string, userId = 'ada'): Promise<Person> =>
  personIn(world, userId, { [workspaceId]: 'ADMIN' });
const exchanges = async (): Promise<number> => (await world.slack.requests('oauth.v2.access')).length;

describe('beginSlackInstall', () => {
  it('asks only bot scopes for WORKSPACE and only user scopes for PERSONAL, with the team as a hint where one is expected', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const forBot = (await ada.begin({ workspaceId, intent: 'WORKSPACE' })).searchParams;
    expect(forBot.get('scope')).toContain('chat:write');
    expect(forBot.has('user_scope')).toBe(false);
    expect(forBot.has('team')).toBe(false);
    expect(forBot.get('scope')).not.toContain('incoming-webhook');
    const connection = await ada.connect(workspaceId);
    const forPerson = (await ada.begin({ workspaceId, intent: 'PERSONAL', connectionId: connection.id })).searchParams;
    expect(forPerson.get('user_scope')).toContain('chat:write');
    expect(forPerson.has('scope')).toBe(false);
    expect(forPerson.get('team')).toBe('T0ACME');
    expect(Buffer.from(forPerson.get('state') ?? '', 'base64url')).toHaveLength(32);
  });

  it('refuses a PERSONAL install without an active connection of the workspace: WORKSPACE_CONNECTION_REQUIRED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const elsewhere = newWorkspace();
    const foreign = await (await adminOf(elsewhere)).connect(elsewhere);
    for (const connectionId of [undefined, 'no-uuid', '0198c0de-0000-7000-8000-000000000000', foreign.id]) {
      expect(await ada.beginErrors({ workspaceId, intent: 'PERSONAL', connectionId })).toEqual([
        'WORKSPACE_CONNECTION_REQUIRED',
      ]);
    }
    const ended = await ada.connect(workspaceId);
    await ada.disconnect(ended.id);
    const input = { workspaceId, intent: 'PERSONAL', connectionId: ended.id } as const;
    expect(await ada.beginErrors(input)).toEqual(['WORKSPACE_CONNECTION_REQUIRED']);
  });

  it('refuses a reconnect of a connection that is not of this workspace: NOT_FOUND', async () => {
    const [workspaceId, elsewhere] = [newWorkspace(), newWorkspace()];
    const ada = await adminOf(workspaceId);
    const foreign = await (await adminOf(elsewhere)).connect(elsewhere);
    for (const connectionId of ['no-uuid', foreign.id]) {
      expect(await ada.beginErrors({ workspaceId, intent: 'WORKSPACE', connectionId })).toEqual(['NOT_FOUND']);
    }
  });

  it('sends browsers back to allowed origins only, compared exactly', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const foreign = [
      'https://evil.example/',
      'http://localhost.evil.example:3000/',
      'http://localhost:3000@evil.example/',
      'https://localhost:3000/',
      'http://ada@localhost:3000/',
      'http://localhost:30000/',
      'blob:http://localhost:8080/a',
    ];
    for (const returnTo of foreign) {
      expect(await ada.beginErrors({ workspaceId, intent: 'WORKSPACE', returnTo })).toEqual([
        'RETURN_ORIGIN_NOT_ALLOWED',
      ]);
    }
    expect(
      await ada.beginErrors({ workspaceId, intent: 'WORKSPACE', returnTo: 'http://localhost:8080/a?b=c' }),
    ).toEqual([]);
    const long = { workspaceId, intent: 'WORKSPACE', returnTo: `http://localhost:8080/${'a'.repeat(2000)}` } as const;
    expect(await ada.beginErrors(long)).toEqual(['INVALID_INPUT']);
  });
});

describe('the OAuth callback', () => {
  it('comes back to returnTo with a claim, keeping its query, and connects nothing yet', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: `${RETURN_TO}?tab=2` });
    const response = await callback(await consented(url, { team: 'T0ACME' }));
    expect(response.status).toBe(303);
    const back = new URL(response.headers.get('location') ?? '');
    expect(`${back.origin}${back.pathname}`).toBe(RETURN_TO);
    expect(back.searchParams.get('tab')).toBe('2');
    expect(back.searchParams.get('status')).toBe('granted');
    expect(back.searchParams.get('claim')).toMatch(/^[\w-]{43}$/);
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await ada.connections(workspaceId)).toEqual([]);
  });

  it('brings no token to our own pages, which would sign whoever approves in as somebody else', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const hashOf = async (returnTo: string): Promise<string> => {
      const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo });
      const response = await callback(await consented(url, { team: 'T0ACME' }));
      return new URL(response.headers.get('location') ?? '').hash;
    };
    expect(await hashOf(`${world.url}/admin/w/${workspaceId}/connections#token=mine`)).toBe('');
    expect(await hashOf(`${world.url}/%70layground#token=mine`)).toBe('');
    expect(await hashOf(`${RETURN_TO}#/settings/slack`)).toBe('#/settings/slack');
  });

  it('takes the result of the trip before out of returnTo', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const stale = `${RETURN_TO}?status=failed&code=ACCESS_DENIED&claim=OLD`;
    const back = async (decision: Decision) => {
      const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: stale });
      const { headers } = await callback(await consented(url, decision));
      return Object.fromEntries(new URL(headers.get('location') ?? '').searchParams);
    };
    expect(await back({ team: 'T0ACME' })).toEqual({ status: 'granted', claim: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await back({ decision: 'deny' })).toEqual({ status: 'failed', code: 'ACCESS_DENIED' });
  });

  it('ends politely when the person declines: ACCESS_DENIED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const query = (await travel(ada, { workspaceId, intent: 'WORKSPACE' }, { decision: 'deny' })).searchParams;
    expect([query.get('status'), query.get('code'), query.get('claim')]).toEqual(['failed', 'ACCESS_DENIED', null]);
  });

  it('shows a page of its own, HTTP 400, for a state that it never made: STATE_INVALID', async () => {
    const response = await callback(
      new URL(`${world.url}/slack/oauth/callback?code=1&state=<script>alert(1)</script>`),
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await response.text();
    expect(page).toContain('STATE_INVALID');
    expect(page).not.toContain('<script');
    expect((await callback(new URL(`${world.url}/slack/oauth/callback`))).status).toBe(400);
  });

  it('uses a state once: of 50 parallel callbacks one exchanges, and a repeat shows our page with STATE_USED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const back = await consented(await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO }), {
      team: 'T0ACME',
    });
    expect((await fetch(back, { method: 'HEAD', redirect: 'manual' })).status).toBe(404);
    const before = await exchanges();
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await callback(back)).status));
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 400)).toHaveLength(49);
    expect(await exchanges()).toBe(before + 1);
    const repeat = await callback(back);
    expect(repeat.status).toBe(400);
    expect(await repeat.text()).toContain('STATE_USED');
  });

  it('refuses a state older than 10 minutes, exchanging nothing: STATE_EXPIRED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const url = await ada.begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO });
    const [install] = await world.database.query<{ seconds: number }>(
      'select extract(epoch from expires_at - created_at)::int as seconds from installs where workspace_id = $1',
      [workspaceId],
    );
    expect(install?.seconds).toBe(600);
    await world.database.query(`update installs set expires_at = now() - interval '1 second' where workspace_id = $1`, [
      workspaceId,
    ]);
    const before = await exchanges();
    const response = await callback(await consented(url, { team: 'T0ACME' }));
    expect(new URL(response.headers.get('location') ?? '').searchParams.get('code')).toBe('STATE_EXPIRED');
    expect(await exchanges()).toBe(before);
  });

  it('says SLACK_ERROR where Slack refuses the exchange or does not answer, and a repeated install heals it', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    for (const fault of [{ type: 'error', error: 'invalid_code' }, { type: 'reset_after' }, { type: 'html' }]) {
      await world.slack.fault({ match: { method: 'oauth.v2.access' }, fault });
      const query = (await travel(ada, { workspaceId, intent: 'WORKSPACE' }, { team: 'T0ACME' })).searchParams;
      expect(query.get('code')).toBe('SLACK_ERROR');
    }
    expect((await ada.connect(workspaceId)).status).toBe('ACTIVE');
  });

  it('shows the claim on a page of its own where there is no returnTo, without any script', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const url = await ada.begin({ workspaceId, intent: 'WORKSPACE' });
    const response = await callback(await consented(url, { team: 'T0ACME' }));
    expect(response.status).toBe(200);
    const page = await response.text();
    expect(page).not.toContain('<script');
    const claim = />([\w-]{43})<\/textarea>/.exec(page)?.[1] ?? '';
    expect((await ada.complete(claim)).connection?.status).toBe('ACTIVE');
  });

  it('keeps what a trip needs in the database: it begins, comes back and ends on three different processes', async () => {
    const workspaceId = newWorkspace();
    // One public address, whichever process stands behind it.
    const shared = { SLACK_REDIRECT_URI: `${world.url}/slack/oauth/callback` };
    const urls = [world.url, await world.addServer(shared), await world.addServer(shared)] as const;
    const on = (url: string) => personIn(world, 'ada', { [workspaceId]: 'ADMIN' }, url);
    const begun = await (await on(urls[0])).begin({ workspaceId, intent: 'WORKSPACE', returnTo: RETURN_TO });
    const back = await consented(begun, { team: 'T0ACME' });
    const elsewhere = new URL(`${back.pathname}${back.search}`, urls[1]);
    const claim = new URL((await callback(elsewhere)).headers.get('location') ?? '').searchParams.get('claim') ?? '';
    expect((await (await on(urls[2])).complete(claim)).connection?.status).toBe('ACTIVE');
  });

  it('connects a workspace inside an Enterprise organisation, and shows the organisation', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const connection = await ada.connect(workspaceId, { team: 'T0INITRODE' });
    expect(connection.team).toEqual({
      id: 'T0INITRODE',
      name: 'Initrode',
      enterpriseId: 'E0INITRODE',
      enterpriseName: 'Initrode Holdings',
    });
    const outside = await ada.connect(workspaceId, { team: 'T0ACME' });
    expect(outside.team).toMatchObject({ enterpriseId: null, enterpriseName: null });
  });

  it('refuses an org-wide install and ends its grant: ENTERPRISE_INSTALL_UNSUPPORTED', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const before = (await world.slack.requests('auth.revoke')).length;
    const query = (await travel(ada, { workspaceId, intent: 'WORKSPACE' }, { team: 'T0INITECH', org_wide: '1' }))
      .searchParams;
    expect(query.get('code')).toBe('ENTERPRISE_INSTALL_UNSUPPORTED');
    await expect.poll(async () => (await world.slack.requests('auth.revoke')).length).toBe(before + 1);
    const ofOrganisation = (await world.slack.tokens()).filter(({ team }) => !team);
    expect(ofOrganisation.map(({ revoked }) => revoked)).toEqual([true]);
    expect(await ada.connections(workspaceId)).toEqual([]);
  });

  it('reads the granted scopes as granted, never as asked, and says what is missed without the others', async () => {
    const workspaceId = newWorkspace();
    const ada = await adminOf(workspaceId);
    const team = await newTeam(world);
    const { scopes, missingScopes } = await ada.connect(workspaceId, {
      team: team.id,
      scopes: 'chat:write,channels:read',
    });
    expect(scopes).toEqual(['chat:write', 'channels:read']);
    expect(missingScopes.map(({ scope }) => scope)).toContain('channels:history');
    expect(missingScopes.every(({ without }) => without.length > 10)).toBe(true);
  });
});
