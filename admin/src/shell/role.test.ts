import { expect, test } from 'vitest';
import { firstNamed, roleIn } from './role.ts';

const both = [
  { workspaceId: '*', role: 'SERVICE' as const },
  { workspaceId: 'acme', role: 'ADMIN' as const },
];

test('a workspace that the token names has the role that it is named with, whatever stands for all others', () => {
  expect(roleIn(both, 'acme')).toBe('ADMIN');
  expect(roleIn(both, 'globex')).toBe('SERVICE');
  expect(roleIn(both.slice(1), 'globex')).toBeUndefined();
});

test('the admin begins with a workspace that is named, where there is one', () => {
  expect(firstNamed(both)).toBe('acme');
  expect(firstNamed(both.slice(0, 1))).toBeUndefined();
});
