import { describe, expect, test } from 'vitest';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import { maySeeNotification, requireOneOf, requireRole, roleIn } from './access.policy.ts';
import type { Role, Viewer } from './viewer.ts';

const viewer = (memberships: Record<string, Role>, userId = 'ana'): Viewer => ({
  userId: userId as UserId,
  memberships: new Map(Object.entries(memberships)) as Viewer['memberships'],
  expiresAt: new Date(0),
});
const workspace = (id: string): WorkspaceId => id as WorkspaceId;

describe('roleIn', () => {
  test('is the role that the token names, and nothing anywhere else', () => {
    expect(roleIn(viewer({ a: 'MEMBER' }), workspace('a'))).toBe('MEMBER');
    expect(roleIn(viewer({ a: 'MEMBER' }), workspace('b'))).toBeUndefined();
    expect(roleIn(viewer({}), workspace('constructor'))).toBeUndefined();
  });

  test('is SERVICE everywhere with *, but for a workspace that is named', () => {
    const service = viewer({ '*': 'SERVICE', a: 'MEMBER' });
    expect(roleIn(service, workspace('anything'))).toBe('SERVICE');
    expect(roleIn(service, workspace('a'))).toBe('MEMBER');
  });

  test('with *, is that of a name of 128 characters, each of which may be an emoji, and of no longer one', () => {
    const service = viewer({ '*': 'SERVICE' });
    expect(roleIn(service, workspace('🛰'.repeat(128)))).toBe('SERVICE');
    expect(roleIn(service, workspace('🛰'.repeat(129)))).toBeUndefined();
  });
});

describe('requireRole and requireOneOf', () => {
  test('answer with the role', () => {
    expect(requireRole(viewer({ a: 'ADMIN' }), workspace('a'))).toBe('ADMIN');
    expect(requireOneOf(viewer({ a: 'ADMIN' }), workspace('a'), ['ADMIN', 'SERVICE'])).toBe('ADMIN');
  });

  test('say the same for every workspace without a role', () => {
    const messages = ['b', 'c', ''].map((id) => {
      try {
        requireOneOf(viewer({ a: 'ADMIN' }), workspace(id), ['ADMIN']);
      } catch (error) {
        return String(error);
      }
      return 'nothing was thrown';
    });
    expect(new Set(messages).size).toBe(1);
    expect(messages[0]).toContain('no role');
  });

  test('name the roles that would do, in a workspace of the viewer', () => {
    expect(() => requireOneOf(viewer({ a: 'MEMBER' }), workspace('a'), ['ADMIN', 'SERVICE'])).toThrow(
      'ADMIN or SERVICE',
    );
  });
});

describe('maySeeNotification', () => {
  const notification = (but: object = {}) => ({
    workspaceId: workspace('a'),
    identityKind: 'PERSONAL_USER',
    requestedBy: 'ben',
    selectedBy: null,
    ...but,
  });
  const member = viewer({ a: 'MEMBER' });
  test.each([
    ['a member, another’s own message', member, notification(), false],
    ['a member, the bot’s', member, notification({ identityKind: 'WORKSPACE_BOT' }), true],
    ['a member, their own request', member, notification({ requestedBy: 'ana' }), true],
    ['a member, made for them', member, notification({ selectedBy: 'ana' }), true],
    ['a member, a recorded refusal of somebody else', member, notification({ identityKind: null }), false],
    ['an admin, any', viewer({ a: 'ADMIN' }), notification(), true],
    ['a service, any', viewer({ '*': 'SERVICE' }), notification(), true],
    ['an admin of another workspace', viewer({ b: 'ADMIN' }), notification({ identityKind: 'WORKSPACE_BOT' }), false],
    ['the one who requested it, without a role now', viewer({ b: 'ADMIN' }, 'ben'), notification(), false],
  ])('%s', (_name, who, what, expected) => {
    expect(maySeeNotification(who, what)).toBe(expected);
  });
});
