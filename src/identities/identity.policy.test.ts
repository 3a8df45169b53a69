import { describe, expect, it } from 'vitest';
import { identityFailure, identityProblem, postsAs } from './identity.policy.ts';

const since = new Date('2026-11-22T10:00:00Z');
const active = { disconnectedAt: null, credential: { problemCode: null, problemSince: null } };
const ended = { disconnectedAt: null, credential: { problemCode: 'account_inactive', problemSince: since } };
const disconnected = { disconnectedAt: since, credential: null };

const scopes = ['chat:write'];

const bot = (connection: typeof active | typeof ended | typeof disconnected) =>
  ({ kind: 'WORKSPACE_BOT', connection, authorization: null, scopes }) as const;
const person = (
  connection: typeof active | typeof ended | typeof disconnected,
  authorization: typeof active | typeof ended | typeof disconnected,
) => ({ kind: 'PERSONAL_USER', connection, authorization, scopes }) as const;

describe('whether an identity can post', () => {
  it('follows the connection for a bot', () => {
    expect(identityFailure(bot(active))).toBeNull();
    expect(identityFailure(bot(ended))).toBe('CONNECTION_NEEDS_REAUTHORIZATION');
    expect(identityFailure(bot(disconnected))).toBe('CONNECTION_DISCONNECTED');
  });

  it('follows the own authorization for a person', () => {
    expect(identityFailure(person(active, active))).toBeNull();
    expect(identityFailure(person(active, ended))).toBe('CONNECTION_NEEDS_REAUTHORIZATION');
    expect(identityFailure(person(active, disconnected))).toBe('IDENTITY_NOT_USABLE');
  });

  it("leaves a person usable whose connection's bot alone has ended, and nobody whose connection is gone", () => {
    expect(identityFailure(person(ended, active))).toBeNull();
    expect(identityFailure(person(disconnected, active))).toBe('CONNECTION_DISCONNECTED');
  });

  it('is none of one that lives and was not granted chat:write, and the scope is named', () => {
    const mute = { ...bot(active), scopes: ['channels:read'] };
    expect(identityFailure(mute)).toBe('MISSING_SCOPE');
    const problem = identityProblem(mute, since);
    expect(problem).toMatchObject({ code: 'MISSING_SCOPE', since });
    expect(problem?.message).toContain('chat:write');
  });

  it('says why, since when, and for whom', () => {
    expect(identityProblem(bot(active), since)).toBeNull();
    expect(identityProblem(person(active, ended), since)).toMatchObject({
      code: 'CONNECTION_NEEDS_REAUTHORIZATION',
      since,
    });
    expect(identityProblem(person(active, ended), since)?.remedy).toContain('PERSONAL');
    expect(identityProblem(person(active, disconnected), since)).toMatchObject({
      code: 'IDENTITY_NOT_USABLE',
      since,
    });
    expect(identityProblem(bot(disconnected), since)).toMatchObject({ code: 'CONNECTION_DISCONNECTED', since });
  });
});

describe('what Slack shows as the author', () => {
  it('is the name, and the Slack id where the name cannot be read', () => {
    expect(postsAs({ botUserId: 'UB', botUserName: 'Beacon' }, null)).toBe('Beacon');
    expect(postsAs({ botUserId: 'UB', botUserName: null }, null)).toBe('UB');
    expect(postsAs({ botUserId: 'UB', botUserName: 'Beacon' }, { slackUserId: 'U1', slackUserName: null })).toBe('U1');
  });
});
