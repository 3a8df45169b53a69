import { expect, test } from 'vitest';
import { meansEnded } from './ended-grant.policy.ts';

test('auth.test ends a grant by the listed codes only, and by invalid_auth where the grant is suspected', () => {
  for (const code of ['token_revoked', 'account_inactive']) expect(meansEnded(code, false)).toBe(true);
  const others = ['fatal_error', 'internal_error', 'ratelimited', 'missing_scope', 'token_expired', 'not_authed'];
  for (const code of ['invalid_auth', ...others]) expect(meansEnded(code, false)).toBe(false);
  expect(meansEnded('invalid_auth', true)).toBe(true);
  for (const code of ['org_login_required', ...others]) expect(meansEnded(code, true)).toBe(false);
});
