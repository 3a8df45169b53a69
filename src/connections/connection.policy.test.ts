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
    expect(problemOf(active, { personal: false })).toBeNull();
  });

  it('is NEEDS_REAUTHORIZATION, with the reason, once Slack does not', () => {
    expect(statusOf(ended)).toBe('NEEDS_REAUTHORIZATION');
    expect(problemOf(ended, { personal: false })).toMatchObject({ code: 'CONNECTION_NEEDS_REAUTHORIZATION', since });
    expect(problemOf(ended, { personal: false })?.message).toContain('revoked');
  });

  it('is DISCONNECTED only by a person, whatever the credential says', () => {
    expect(statusOf(disconnected)).toBe('DISCONNECTED');
    expect(statusOf({ ...ended, disconnectedAt: since })).toBe('DISCONNECTED');
    expect(problemOf(disconnected, { personal: true })).toMatchObject({ code: 'CONNECTION_DISCONNECTED', since });
  });
});

describe('what keeps failing while the status is ACTIVE', () => {
  const channel = {
    channelId: 'C1',
    failures: 7,
    code: 'NOT_IN_CHANNEL',
    slackError: 'not_in_channel',
    since,
  } as const;
  const checks = {
    channelId: null,
    failures: 5,
    code: 'SLACK_REJECTED',
    slackError: 'org_login_required',
    since,
  } as const;

  it('is a problem with the code and the remedy of the latest failure, and where', () => {
    const problem = problemOf(active, { personal: false, failing: channel });
    expect(problem).toMatchObject({ code: 'NOT_IN_CHANNEL', since });
    expect(problem?.message).toContain('The last 7 messages to the channel C1 failed.');
    expect(problem?.remedy).toContain('Invite');
  });

  it('is told of checks as well, with what Slack said or that it said nothing', () => {
    expect(problemOf(active, { personal: true, failing: checks })?.message).toContain('org_login_required');
    const silent = problemOf(active, { personal: true, failing: { ...checks, slackError: null } });
    expect(silent?.message).toContain('could not be asked');
    const own = problemOf(active, { personal: false, failing: { ...checks, code: 'INTERNAL', slackError: null } });
    expect(own?.message).toContain('token could not be opened');
    expect(own?.remedy).toContain('TOKEN_ENCRYPTION_KEYS');
  });

  it('is not told of what has ended: that has a reason of its own', () => {
    for (const standing of [ended, disconnected])
      expect(problemOf(standing, { personal: false, failing: channel })?.code).toMatch(/^CONNECTION_/);
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
