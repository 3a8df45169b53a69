import { describe, expect, it } from 'vitest';
import type {
  IdentityId,
  SlackUserId,
  TeamId,
  WorkspaceId,
  ConnectionId,
  CredentialId,
  AuthorizationId,
  UserId,
} from '../platform/ids.ts';
import { senderFailure, senderOf, senderRefusal, type SenderRow } from './sender.policy.ts';

const since = new Date('2026-11-22T10:00:00Z');

const bot: SenderRow = {
  identityId: 'i1' as IdentityId,
  kind: 'WORKSPACE_BOT',
  connectionId: 'c1' as ConnectionId,
  workspaceId: 'w1' as WorkspaceId,
  teamId: 'T1' as TeamId,
  botUserId: 'UB' as SlackUserId,
  botUserName: 'Beacon',
  connectionDisconnectedAt: null,
  authorizationId: null,
  userId: null,
  slackUserId: null,
  slackUserName: null,
  authorizationDisconnectedAt: null,
  credentialId: 'k1' as CredentialId,
  credentialTeamId: 'T1' as TeamId,
  credentialSlackUserId: 'UB' as SlackUserId,
  credentialKind: 'BOT',
  problemCode: null,
  problemSince: null,
  scopes: ['chat:write'],
  defaultChannelId: null,
};
const person: SenderRow = {
  ...bot,
  kind: 'PERSONAL_USER',
  authorizationId: 'a1' as AuthorizationId,
  userId: 'ada' as UserId,
  slackUserId: 'U1' as SlackUserId,
  credentialSlackUserId: 'U1' as SlackUserId,
  credentialKind: 'USER',
};

describe('a sender', () => {
  it('posts as the bot, or as the person and never as the bot instead', () => {
    expect(senderOf(bot)).toMatchObject({ slackUserId: 'UB', postsAs: 'Beacon', authorizationId: null });
    expect(senderOf(person)).toMatchObject({ slackUserId: 'U1', postsAs: 'U1', authorizationId: 'a1' });
  });

  it('is usable while its own principal is', () => {
    expect(senderFailure(bot)).toBeNull();
    expect(senderFailure(person)).toBeNull();
  });

  it('is refused where it was not granted chat:write, by a code that refusals know', () => {
    expect(senderFailure({ ...bot, scopes: ['channels:read'] })).toBe('MISSING_SCOPE');
    expect(senderFailure({ ...person, scopes: null })).toBe('MISSING_SCOPE');
    const refusal = senderRefusal('MISSING_SCOPE', person, []);
    expect(refusal).toMatchObject({ code: 'IDENTITY_NOT_USABLE', message: expect.stringContaining('chat:write') });
    expect(refusal.remedy).toContain('SLACK_USER_SCOPES');
  });

  it('is refused where Slack no longer accepts its own token', () => {
    const ended = { problemCode: 'token_revoked', problemSince: since };
    expect(senderFailure({ ...bot, ...ended })).toBe('CONNECTION_NEEDS_REAUTHORIZATION');
    expect(senderFailure({ ...person, ...ended })).toBe('CONNECTION_NEEDS_REAUTHORIZATION');
    expect(senderRefusal('CONNECTION_NEEDS_REAUTHORIZATION', { ...person, ...ended }, []).remedy).toContain('PERSONAL');
  });

  it('is refused where it, or its connection, was disconnected', () => {
    const gone = { credentialId: null, credentialTeamId: null, credentialSlackUserId: null, credentialKind: null };
    expect(senderFailure({ ...bot, ...gone, connectionDisconnectedAt: since })).toBe('CONNECTION_DISCONNECTED');
    expect(senderFailure({ ...person, ...gone, connectionDisconnectedAt: since })).toBe('CONNECTION_DISCONNECTED');
    expect(senderFailure({ ...person, ...gone, authorizationDisconnectedAt: since })).toBe('IDENTITY_NOT_USABLE');
  });

  it('is refused where the tokens are of another team, person or kind', () => {
    expect(senderFailure({ ...bot, credentialTeamId: 'T2' as TeamId })).toBe('TEAM_MISMATCH');
    expect(senderFailure({ ...bot, credentialKind: 'USER' })).toBe('TEAM_MISMATCH');
    expect(senderFailure({ ...person, credentialSlackUserId: 'U2' as SlackUserId })).toBe('TEAM_MISMATCH');
    expect(senderFailure({ ...person, credentialSlackUserId: 'UB' as SlackUserId, credentialKind: 'BOT' })).toBe(
      'TEAM_MISMATCH',
    );
  });
});
