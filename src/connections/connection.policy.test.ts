import { describe, expect, it } from 'vitest';
import { problemOf, statusOf } from './connection.policy.ts';
import { missingPersonalScopes, missingScopes } from './scope.policy.ts';

const since = new Date('2026-11-22T10:00:00Z');
const active = { disconnectedAt: null, credential: { problemCode: null, problemSince: null } };
const ended = { disconnectedAt: null, credential: { problemCode: 'token_revoked', problemSince: since } };
const disconnected = { disconnectedAt: since, credential: null };

describe('the status of a connection', () => {
  it('is ACTIVE while Slack accepts its credential', () => {
    expect(statusOf(active)).toBe('ACTIVE');
    expect(problemOf(active, false)).toBeNull();
  });

  it('is NEEDS_REAUTHORIZATION, with the reason, once Slack does not', () => {
    expect(statusOf(ended)).toBe('NEEDS_REAUTHORIZATION');
    expect(problemOf(ended, false)).toMatchObject({ code: 'CONNECTION_NEEDS_REAUTHORIZATION', since });
    expect(problemOf(ended, false)?.message).toContain('revoked');
  });

  it('is DISCONNECTED only by a person, whatever the credential says', () => {
    expect(statusOf(disconnected)).toBe('DISCONNECTED');
    expect(statusOf({ ...ended, disconnectedAt: since })).toBe('DISCONNECTED');
    expect(problemOf(disconnected, true)).toMatchObject({ code: 'CONNECTION_DISCONNECTED', since });
  });
});

describe('missing scopes', () => {
  it('are those wanted and not granted, each with what is lost without it', () => {
    const missing = missingScopes(['chat:write', 'groups:read', 'new:scope'], ['chat:write', 'extra:scope']);
    expect(missing.map(({ scope }) => scope)).toEqual(['groups:read', 'new:scope']);
    for (const { without } of missing) expect(without).toMatch(/^[A-Z].*\.$/);
  });

  it('say of a person what that person loses', () => {
    const wanted = ['chat:write', 'channels:read', 'groups:read', 'im:read', 'mpim:read', 'new:scope'];
    const missing = missingPersonalScopes(wanted, ['chat:write']);
    expect(missing.map(({ scope }) => scope)).toEqual(wanted.slice(1));
    for (const { without } of missing) expect(without).not.toMatch(/ bot /);
  });
});
