import { describe, expect, it } from 'vitest';
import type { SlackUserId, TeamId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import type { OAuthGrant } from '../slack/gateway.ts';
import { judgeGrant } from './install.policy.ts';

const team = { id: 'T1' as TeamId, name: 'Acme' };
const bot = { token: new Secret('xoxb'), userId: 'UBOT' as SlackUserId, scopes: ['chat:write'] };
const person = { token: new Secret('xoxp'), id: 'U1' as SlackUserId, scopes: ['chat:write'] };
const whoClicked = { id: 'U1' as SlackUserId, scopes: [] };
const base: OAuthGrant = { appId: 'A1', team, enterprise: null, isEnterpriseInstall: false, user: whoClicked };
const expected = (intent: 'WORKSPACE' | 'PERSONAL', teamId: string | null = null) => ({
  intent,
  teamId: teamId as TeamId | null,
});

describe("judging Slack's answer to an install", () => {
  it('keeps only the bot in a WORKSPACE install, whatever came along', () => {
    const judged = judgeGrant({ ...base, bot, user: person }, expected('WORKSPACE'));
    expect(judged).toMatchObject({
      kind: 'accepted',
      kept: { principal: { kind: 'BOT', slackUserId: 'UBOT' } },
      others: [{ principal: { kind: 'USER', slackUserId: 'U1' } }],
    });
  });

  it('refuses an answer with a token of nobody known, also beside the one that was asked for', () => {
    const judged = judgeGrant(
      { ...base, bot, unnamed: { token: new Secret('xoxa'), scopes: [] } },
      expected('WORKSPACE'),
    );
    expect(judged).toMatchObject({ kind: 'refused', code: 'SLACK_ERROR', parts: [{ principal: { kind: 'BOT' } }] });
  });

  it.each(['WORKSPACE', 'PERSONAL'] as const)('refuses one id for the bot and the person in a %s install', (intent) => {
    const judged = judgeGrant({ ...base, bot, user: { ...person, id: bot.userId } }, expected(intent, 'T1'));
    expect(judged).toMatchObject({ kind: 'refused', code: 'SLACK_ERROR', parts: [] });
  });

  it('keeps only the person in a PERSONAL install, whatever came along', () => {
    const judged = judgeGrant({ ...base, bot, user: person }, expected('PERSONAL', 'T1'));
    expect(judged).toMatchObject({
      kind: 'accepted',
      kept: { principal: { kind: 'USER', slackUserId: 'U1' } },
      others: [{ principal: { kind: 'BOT' } }],
    });
  });

  it('refuses another team than the expected one, and names everything that has to be ended', () => {
    const judged = judgeGrant({ ...base, bot, user: person }, expected('WORKSPACE', 'T2'));
    expect(judged).toMatchObject({ kind: 'refused', code: 'TEAM_MISMATCH' });
    expect(judged.kind === 'refused' && judged.parts).toHaveLength(2);
  });

  it('refuses an org-wide install, with or without a team', () => {
    const enterprise = { id: 'E1', name: 'Corp' };
    const orgWide = { ...base, bot, team: null, enterprise, isEnterpriseInstall: true };
    const judged = judgeGrant(orgWide, expected('WORKSPACE'));
    expect(judged).toMatchObject({ kind: 'refused', code: 'ENTERPRISE_INSTALL_UNSUPPORTED' });
    expect(judged.kind === 'refused' && judged.parts[0]?.principal.teamId).toBe('E1');
    expect(judgeGrant({ ...orgWide, team }, expected('WORKSPACE'))).toMatchObject({ kind: 'refused' });
  });

  it('accepts a team inside an organisation', () => {
    const inside = { ...base, bot, enterprise: { id: 'E1', name: 'Corp' } };
    expect(judgeGrant(inside, expected('WORKSPACE')).kind).toBe('accepted');
  });

  it('refuses an answer without the kind of token that was asked for', () => {
    expect(judgeGrant({ ...base, user: person }, expected('WORKSPACE'))).toMatchObject({ code: 'SLACK_ERROR' });
    expect(judgeGrant({ ...base, bot }, expected('PERSONAL', 'T1'))).toMatchObject({ code: 'SLACK_ERROR' });
  });
});
