import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, raw, ScriptedSlack } from '../../test/support/scripted-slack.ts';
import { systemClock } from '../platform/clock.ts';
import type { ChannelId, SlackUserId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import type { WebClientGateway } from './web-client.gateway.ts';

const token = new Secret('xoxb-canary-token');
const channel = 'C0123456789' as ChannelId;

let slack: ScriptedSlack;
beforeEach(() => {
  slack = new ScriptedSlack();
});
afterEach(() => slack.stop());

describe('the calls around posting', () => {
  const grant = {
    ok: true,
    access_token: 'xoxe.xoxb-1-bot',
    token_type: 'bot',
    scope: 'chat:write,users:read',
    bot_user_id: 'UBOT',
    app_id: 'A1',
    team: { id: 'T1', name: 'Acme' },
    enterprise: null,
    is_enterprise_install: false,
    expires_in: 43_200,
    refresh_token: 'xoxe-1-bot',
    authed_user: { id: 'U1', access_token: 'xoxp-user', scope: 'chat:write', token_type: 'user' },
    incoming_webhook: { url: 'https://hooks.slack.com/canary', channel: '#x' },
  };
  const exchange = (gateway: WebClientGateway) =>
    gateway.exchangeCode({ code: 'canary-code', redirectUri: 'https://app.example/cb' });

  it('reads a grant of bot and person, and drops an incoming webhook', async () => {
    slack.answer = json(grant);
    const result = await exchange(await slack.start());
    if (result.kind !== 'ok') throw new Error(result.kind);
    const { bot, user, ...rest } = result.value;
    expect(rest).toEqual({
      appId: 'A1',
      team: { id: 'T1', name: 'Acme' },
      enterprise: null,
      isEnterpriseInstall: false,
    });
    expect(bot).toMatchObject({ userId: 'UBOT', scopes: ['chat:write', 'users:read'], expiresInSeconds: 43_200 });
    expect(bot?.token.reveal()).toBe('xoxe.xoxb-1-bot');
    expect(bot?.refreshToken?.reveal()).toBe('xoxe-1-bot');
    expect(user).toMatchObject({ id: 'U1', scopes: ['chat:write'] });
    expect(user.token?.reveal()).toBe('xoxp-user');
    expect(JSON.stringify(result)).not.toMatch(/hooks|xox/);
    expect(Object.fromEntries(slack.received[0]?.form ?? [])).toEqual({
      client_id: 'client-id',
      client_secret: 'canary-client-secret',
      code: 'canary-code',
      redirect_uri: 'https://app.example/cb',
    });
    expect(slack.received[0]?.authorization).toBeUndefined();
  });

  it('reads grants of a bot alone, a person alone, and a whole organisation', async () => {
    const gateway = await slack.start();
    slack.answer = json({ ...grant, authed_user: { id: 'U1' } });
    expect(await exchange(gateway)).toMatchObject({ kind: 'ok', value: { user: { id: 'U1', scopes: [] } } });
    const { access_token: _token, bot_user_id: _bot, token_type: _type, scope: _scope, ...personal } = grant;
    slack.answer = json({ ...personal, team: { id: 'T1' } });
    const person = await exchange(gateway);
    expect(person).toMatchObject({ kind: 'ok', value: { team: { id: 'T1' }, user: { id: 'U1' } } });
    expect(person).not.toHaveProperty('value.bot');
    slack.answer = json({ ...grant, team: null, enterprise: { id: 'E1', name: 'Org' }, is_enterprise_install: true });
    expect(await exchange(gateway)).toMatchObject({ value: { team: null, isEnterpriseInstall: true } });
  });

  it.each([
    ['a token without its bot', { ...grant, bot_user_id: null }],
    ['a token of another kind', { ...grant, token_type: 'app' }],
    ['a token of no kind', { ...grant, token_type: null }],
  ])('hands over a grant with %s as that of nobody known, so that it can be ended', async (_name, body) => {
    slack.answer = json({ ...body, refresh_token: null, expires_in: null });
    const result = await exchange(await slack.start());
    if (result.kind !== 'ok') throw new Error(result.kind);
    const { bot, unnamed, user } = result.value;
    expect(bot).toBeUndefined();
    expect(unnamed).toEqual({ token: expect.anything() as unknown, scopes: ['chat:write', 'users:read'] });
    expect([unnamed?.token.reveal(), user.token?.reveal()]).toEqual(['xoxe.xoxb-1-bot', 'xoxp-user']);
  });

  it('takes null for what Slack has not: no bot, no refresh token, no token of a person', async () => {
    const none = { access_token: null, bot_user_id: null, token_type: null, refresh_token: null, expires_in: null };
    const gateway = await slack.start();
    slack.answer = json({ ...grant, ...none });
    expect(await exchange(gateway)).not.toHaveProperty('value.bot');
    slack.answer = json({ ...grant, refresh_token: null, expires_in: null, authed_user: { ...none, id: 'U1' } });
    expect(await exchange(gateway)).toMatchObject({
      kind: 'ok',
      value: { bot: { userId: 'UBOT' }, user: { id: 'U1' } },
    });
  });

  it.each([
    ['no app', { ...grant, app_id: undefined }],
    ['no person', { ...grant, authed_user: undefined }],
    ['a lifetime that ends in no year', { ...grant, expires_in: 1e15 }],
    ['a token that no header can hold', { ...grant, access_token: 'xoxb\nx-injected: 1' }],
  ])('uses nothing of a grant with %s', async (_name, body) => {
    slack.answer = json(body);
    expect(await exchange(await slack.start())).toMatchObject({ kind: 'unavailable' });
  });

  it('reads who a token speaks for, and the scopes that Slack says it holds', async () => {
    slack.answer = json(
      {
        ok: true,
        url: 'https://acme.slack.com/',
        team: 'Acme',
        user: 'bot',
        team_id: 'T1',
        user_id: 'UBOT',
        bot_id: 'B1',
      },
      200,
      { 'x-oauth-scopes': 'chat:write, users:read' },
    );
    expect(await (await slack.start()).authTest(token)).toEqual({
      kind: 'ok',
      scopes: ['chat:write', 'users:read'],
      value: {
        teamId: 'T1',
        teamName: 'Acme',
        url: 'https://acme.slack.com/',
        userId: 'UBOT',
        botId: 'B1',
        appId: undefined,
        isEnterpriseInstall: false,
      },
    });
  });

  it.each([
    ['with', { ok: false, error: 'invalid_grant' }],
    ['without', { error: 'invalid_grant' }],
  ])('reads the invalid_grant of OAuth, HTTP 400 %s the ok of Slack, as a refusal', async (_name, body) => {
    slack.answer = json(body, 400);
    expect(await (await slack.start()).refresh(token)).toEqual({ kind: 'refused', error: 'invalid_grant' });
    slack.answer = json({ error: 'bad_request' }, 400);
    expect(await (await slack.start()).refresh(token)).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['nothing', {}],
    ['null', { bot_user_id: null, user_id: null }],
    ['nobody', { bot_user_id: '', user_id: '' }],
  ])('takes a new pair of which Slack says %s about whose it is', async (_name, ids) => {
    const { bot_user_id: _bot, authed_user: _user, ...pair } = grant;
    slack.answer = json({ ...pair, ...ids });
    const result = await (await slack.start()).refresh(token);
    expect(result).toMatchObject({ kind: 'ok', value: { appId: 'A1', teamId: 'T1', isBot: true, userId: undefined } });
    slack.answer = json({ ...pair, bot_user_id: 'UBOT', user_id: null });
    expect(await (await slack.start()).refresh(token)).toMatchObject({ value: { userId: 'UBOT' } });
  });

  it('takes no token from one call into the next', async () => {
    const gateway = await slack.start();
    await gateway.authTest(token);
    await gateway.authTest(new Secret('xoxb-another'));
    slack.answer = json(grant);
    await exchange(gateway);
    expect(slack.received.map(({ authorization }) => authorization)).toEqual([
      `Bearer ${token.reveal()}`,
      'Bearer xoxb-another',
      undefined,
    ]);
  });

  it('tells refusals, waits and failures apart', async () => {
    const gateway = await slack.start();
    slack.answer = json({ ok: false, error: 'missing_scope', needed: 'users:read', provided: 'chat:write' });
    const refused = { kind: 'refused', error: 'missing_scope', needed: 'users:read', provided: 'chat:write' };
    expect(await gateway.authTest(token)).toEqual(refused);
    slack.answer = raw('', 429, { 'retry-after': 'x' });
    expect(await gateway.authTest(token)).toEqual({ kind: 'rateLimited', retryAfterSeconds: 30 });
    slack.answer = raw('xoxb-echoed', 500);
    expect(await gateway.authTest(token)).toEqual({ kind: 'unavailable', detail: 'Slack answered HTTP 500.' });
    slack.answer = raw('null');
    expect(await gateway.authTest(token)).toMatchObject({ kind: 'unavailable' });
    expect(slack.observed).toEqual(
      ['refused', 'rateLimited', 'unavailable', 'unavailable'].map((kind) => `auth.test ${kind}`),
    );
  });

  it('revokes within the time it is given', async () => {
    const gateway = await slack.start();
    slack.answer = json({ ok: true, revoked: true });
    expect(await gateway.revoke(token)).toMatchObject({ kind: 'ok', value: { revoked: true } });
    slack.answer = () => {};
    expect(await gateway.revoke(token, { timeoutMs: 100 })).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    [{ display_name: 'egon', real_name: 'Egon Spengler' }, 'egon'],
    [{ display_name: '', real_name: 'Egon Spengler' }, 'Egon Spengler'],
    [{ display_name: '', real_name: '' }, 'spengler'],
  ])('names an author as Slack does', async (profile, name) => {
    slack.answer = json({ ok: true, user: { id: 'U1', team_id: 'T1', name: 'spengler', deleted: false, profile } });
    const result = await (await slack.start()).userInfo(token, 'U1' as SlackUserId);
    expect(result).toMatchObject({ kind: 'ok', value: { id: 'U1', name, isDeactivated: false } });
    expect(slack.received[0]?.form.get('user')).toBe('U1');
  });

  it('lists conversations by what Slack flags, with the cursor of the next page', async () => {
    slack.answer = json({
      ok: true,
      channels: [
        { id: 'C1', name: 'general', is_private: false, is_member: true, num_members: 4, topic: { value: 'All' } },
        { id: 'C2', name: 'secret', is_private: true, is_archived: true, is_ext_shared: true, is_thread_only: true },
        { id: 'G3', name: 'mpdm-a--b-1', is_private: true, is_mpim: true, is_read_only: true },
        { id: 'D4', user: 'U9', is_im: true },
      ],
      response_metadata: { next_cursor: 'next=' },
    });
    const gateway = await slack.start();
    const result = await gateway.listConversations(token, { types: ['PUBLIC', 'DM'], cursor: 'here=', limit: 200 });
    if (result.kind !== 'ok') throw new Error(result.kind);
    expect(Object.fromEntries(slack.received[0]?.form ?? [])).toEqual({
      types: 'public_channel,im',
      cursor: 'here=',
      limit: '200',
    });
    expect(result.value.nextCursor).toBe('next=');
    const no = { isArchived: false, isMember: false, isShared: false, isReadOnly: false };
    expect(result.value.conversations).toEqual([
      { ...no, id: 'C1', name: 'general', type: 'PUBLIC', isMember: true, memberCount: 4, topic: 'All' },
      { ...no, id: 'C2', name: 'secret', type: 'PRIVATE', isArchived: true, isShared: true, isThreadOnly: true },
      { ...no, id: 'G3', name: 'mpdm-a--b-1', type: 'GROUP_DM', isReadOnly: true },
      { ...no, id: 'D4', name: 'U9', type: 'DM', isMember: true },
    ]);
  });

  it('ends a listing where Slack sends an empty cursor', async () => {
    slack.answer = json({ ok: true, channels: [], response_metadata: { next_cursor: '' } });
    const result = await (await slack.start()).listConversations(token, { types: ['PUBLIC'], limit: 10 });
    expect(result).toMatchObject({ kind: 'ok', value: { conversations: [] } });
    expect(result).not.toHaveProperty('value.nextCursor');
  });

  it('reads one conversation and one permalink', async () => {
    const gateway = await slack.start();
    slack.answer = json({ ok: true, channel: { id: 'C1', name: 'general', num_members: 3 } });
    expect(await gateway.conversationInfo(token, channel)).toMatchObject({ kind: 'ok', value: { memberCount: 3 } });
    slack.answer = json({ ok: true, channel: 'C1', permalink: 'https://acme.slack.com/archives/C1/p17' });
    const link = await gateway.permalink(token, channel, '1.7');
    expect(link).toMatchObject({ kind: 'ok', value: 'https://acme.slack.com/archives/C1/p17' });
    slack.answer = json({ ok: true, permalink: 'javascript:alert(1)' });
    expect(await gateway.permalink(token, channel, '1.7')).toMatchObject({ kind: 'unavailable' });
  });

  it('puts no token, code, secret or message text into a log line', async () => {
    const gateway = await slack.start();
    for (const given of [json(grant), json({ ok: false, error: 'invalid_code' }), raw('canary-code', 500)]) {
      slack.answer = given;
      await exchange(gateway);
    }
    const warnings = { warnings: ['canary text'], messages: ['[WARN] canary text'] };
    slack.answer = json({ ok: true, channel: 'C1', ts: '1.1', response_metadata: warnings });
    const deadline = { at: systemClock.monotonicMs() + 5_000, clock: systemClock };
    await gateway.postMessage(token, { channel, text: 'canary text', deliveryId: 'd' }, deadline);
    expect(slack.logLines.length).toBe(4);
    expect(slack.logLines.join('')).not.toMatch(/canary|xox|hooks/);
  });
});
