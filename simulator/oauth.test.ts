import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { TestSlack } from './test-world.ts';
import { BOT_SCOPES, CLIENT, REDIRECT_URI, refusalOf, startTestSlack } from './test-world.ts';

let slack: TestSlack;

beforeAll(async () => {
  slack = await startTestSlack({ publicUrl: 'http://published.example:4001' });
});
afterAll(() => slack.stop());
beforeEach(async () => {
  await slack.control('POST', 'reset', { config: true });
});

const codeFor = async (choice: Parameters<TestSlack['consent']>[0]): Promise<string> =>
  (await slack.consent(choice)).get('code') ?? '';

test('a bot install answers bot fields only, and fewer scopes when fewer were granted', async () => {
  const installed = await slack.exchange(await codeFor({ team: 'T0ACME', scope: BOT_SCOPES, scopes: 'chat:write' }));
  expect(installed).toMatchObject({
    ok: true,
    token_type: 'bot',
    scope: 'chat:write',
    bot_user_id: 'U0ACMEBOT',
    app_id: 'A0HELIOSIM',
    team: { id: 'T0ACME', name: 'Acme' },
    enterprise: null,
    is_enterprise_install: false,
    authed_user: { id: 'U0ACME001' },
  });
  expect(installed['access_token']).toMatch(/^xoxb-/);
  expect(installed).not.toHaveProperty('expires_in');
  expect(installed).not.toHaveProperty('incoming_webhook');
});

test('a personal authorization has no top-level token', async () => {
  const answer = await slack.exchange(await codeFor({ team: 'T0ACME', user: 'U0ACME003', user_scope: 'chat:write' }));
  expect(answer).not.toHaveProperty('access_token');
  expect(answer['authed_user']).toMatchObject({ id: 'U0ACME003', scope: 'chat:write', token_type: 'user' });
});

test('an org-wide install has no team; one in a workspace of an organisation names both', async () => {
  const wide = await slack.exchange(await codeFor({ team: 'T0INITECH', scope: BOT_SCOPES, org_wide: '1' }));
  expect(wide).toMatchObject({ team: null, enterprise: { id: 'E0INITRODE' }, is_enterprise_install: true });
  const single = await slack.exchange(await codeFor({ team: 'T0INITECH', scope: BOT_SCOPES }));
  expect(single).toMatchObject({
    team: { id: 'T0INITECH' },
    enterprise: { id: 'E0INITRODE' },
    is_enterprise_install: false,
  });
});

test('the incoming webhook comes along only when its scope was asked', async () => {
  const installed = await slack.exchange(await codeFor({ team: 'T0ACME', scope: 'chat:write,incoming-webhook' }));
  expect(installed['incoming_webhook']).toMatchObject({ channel: '#general', channel_id: 'C0ACME0001' });
});

test('a denial comes back with the state, and without a code', async () => {
  const back = await slack.consent({ team: 'T0ACME', scope: BOT_SCOPES, decision: 'deny', state: 'abc' });
  expect(Object.fromEntries(back)).toEqual({ error: 'access_denied', state: 'abc' });
});

test('a code works once, for its redirect URI, for ten minutes', async () => {
  const code = await codeFor({ team: 'T0ACME', scope: BOT_SCOPES });
  const wrong = slack.client().oauth.v2.access({
    client_id: CLIENT.clientId,
    client_secret: CLIENT.clientSecret,
    code,
    redirect_uri: 'https://other.example',
  });
  expect(await refusalOf(wrong)).toBe('bad_redirect_uri');
  await slack.exchange(code);
  expect(await refusalOf(slack.exchange(code))).toBe('invalid_code');
  const old = await codeFor({ team: 'T0ACME', scope: BOT_SCOPES });
  await slack.control('POST', 'advance', { ms: 600_001 });
  expect(await refusalOf(slack.exchange(old))).toBe('invalid_code');
});

test('a PKCE challenge needs its verifier', async () => {
  const challenge = createHash('sha256').update('my-verifier').digest('base64url');
  const choice = { team: 'T0ACME', scope: BOT_SCOPES, code_challenge: challenge, code_challenge_method: 'S256' };
  const code = await codeFor(choice);
  expect(await refusalOf(slack.exchange(code))).toBe('invalid_code_verifier');
  const call = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, code, redirect_uri: REDIRECT_URI };
  expect(await slack.client().apiCall('oauth.v2.access', { ...call, code_verifier: 'my-verifier' })).toMatchObject({
    ok: true,
  });
});

test('client credentials are taken from Basic authentication, and wrong ones refused', async () => {
  const code = await codeFor({ team: 'T0ACME', scope: BOT_SCOPES });
  const ask = async (secret: string): Promise<unknown> => {
    const basic = Buffer.from(`${CLIENT.clientId}:${secret}`).toString('base64');
    const body = new URLSearchParams({ code, redirect_uri: REDIRECT_URI });
    return (
      await fetch(`${slack.url}/api/oauth.v2.access`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}` },
        body,
      })
    ).json();
  };
  expect(await ask('wrong')).toEqual({ ok: false, error: 'bad_client_secret' });
  expect(await ask(CLIENT.clientSecret)).toMatchObject({ ok: true });
});

test('without rotation a second install gives the same token, with the scopes added up', async () => {
  const first = await slack.exchange(await codeFor({ team: 'T0ACME', scope: 'chat:write' }));
  const second = await slack.exchange(await codeFor({ team: 'T0ACME', scope: 'channels:read' }));
  expect(second['access_token']).toBe(first['access_token']);
  expect(second['scope']).toBe('chat:write,channels:read');
});

test('the consent page shows its own error instead of redirecting', async () => {
  const page = async (query: Record<string, string>): Promise<string> => {
    const all = new URLSearchParams({
      client_id: CLIENT.clientId,
      redirect_uri: REDIRECT_URI,
      scope: 'chat:write',
      ...query,
    });
    return (await fetch(`${slack.url}/oauth/v2/authorize?${all.toString()}`, { redirect: 'manual' })).text();
  };
  expect(await page({ redirect_uri: 'http://evil.example/' })).toContain('bad_redirect_uri');
  // The host that the simulator is published under, beside which a sandbox is.
  expect(await page({ redirect_uri: 'http://published.example:4000/' })).not.toContain('bad_redirect_uri');
  expect(await page({ scope: 'no:such' })).toContain('invalid_scope');
  expect(await page({ client_id: 'stranger' })).toContain('invalid_client_id');
  const good = await page({ team: 'T0GLOBEX', state: '"><script>x</script>' });
  expect(good).toContain('Globex Corporation');
  expect(good).not.toContain('<script>x');
});

test('rotating tokens expire, refresh once, and only two access tokens stay active', async () => {
  await slack.control('POST', 'config', { rotation: true, refreshGraceSeconds: 30 });
  const installed = await slack.exchange(await codeFor({ team: 'T0ACME', scope: BOT_SCOPES }));
  expect(installed).toMatchObject({ expires_in: 43_200 });
  const refresh = (refreshToken: unknown): Promise<Record<string, unknown>> =>
    slack.client().oauth.v2.access({
      client_id: CLIENT.clientId,
      client_secret: CLIENT.clientSecret,
      grant_type: 'refresh_token',
      refresh_token: String(refreshToken),
    }) as unknown as Promise<Record<string, unknown>>;
  const second = await refresh(installed['refresh_token']);
  expect(second).toMatchObject({
    token_type: 'bot',
    bot_user_id: 'U0ACMEBOT',
    team: { id: 'T0ACME' },
    expires_in: 43_200,
  });
  const test = (token: unknown): Promise<string> => refusalOf(slack.client(String(token)).auth.test());
  expect(await test(installed['access_token'])).toBe('ok');
  const third = await refresh(second['refresh_token']);
  expect(await test(installed['access_token'])).toBe('token_revoked');
  await slack.control('POST', 'advance', { ms: 31_000 });
  expect(await refusalOf(refresh(installed['refresh_token']))).toBe('invalid_refresh_token');
  await slack.control('POST', 'advance', { ms: 43_200_000 });
  expect(await test(third['access_token'])).toBe('token_expired');
  expect(await test((await refresh(third['refresh_token']))['access_token'])).toBe('ok');
});

test('auth.revoke ends the whole grant without rotation, and one token with it', async () => {
  const bot = await slack.botToken('T0ACME');
  const person = await slack.userToken('T0ACME', 'U0ACME001');
  expect(await slack.client(bot).auth.revoke()).toMatchObject({ revoked: true });
  expect(await refusalOf(slack.client(bot).auth.test())).toBe('account_inactive');
  expect(await refusalOf(slack.client(person).auth.test())).toBe('ok');
  expect(await slack.botToken('T0ACME')).not.toBe(bot);
  await slack.control('POST', 'config', { rotation: ['T0GLOBEX'] });
  const installed = await slack.exchange(await codeFor({ team: 'T0GLOBEX', scope: BOT_SCOPES }));
  const again = await slack.exchange(await codeFor({ team: 'T0GLOBEX', scope: BOT_SCOPES }));
  await slack.client(String(installed['access_token'])).auth.revoke();
  expect(await refusalOf(slack.client(String(installed['access_token'])).auth.test())).toBe('token_revoked');
  expect(await refusalOf(slack.client(String(again['access_token'])).auth.test())).toBe('ok');
});

test('apps.uninstall ends every token of the team', async () => {
  const bot = await slack.botToken('T0ACME');
  const person = await slack.userToken('T0ACME', 'U0ACME001');
  const call = { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret };
  expect(await slack.client(bot).apps.uninstall(call)).toMatchObject({ ok: true });
  expect(await refusalOf(slack.client(person).auth.test())).toBe('token_revoked');
});

test('auth.test says who asks, and the headers say what was granted', async () => {
  const answer = await slack.client(await slack.botToken('T0ACME', 'chat:write')).auth.test();
  expect(answer).toMatchObject({
    team_id: 'T0ACME',
    user_id: 'U0ACMEBOT',
    bot_id: 'B0ACMEBOT',
    is_enterprise_install: false,
  });
  expect(answer.response_metadata?.scopes).toEqual(['chat:write']);
  expect(await refusalOf(slack.client().auth.test())).toBe('not_authed');
  expect(await refusalOf(slack.client('nonsense').auth.test())).toBe('invalid_auth');
  expect(await refusalOf(slack.client().apiCall('no.such'))).toBe('unknown_method');
});
