import { expect, test } from 'vitest';
import { isAmbiguous, meansEnded, verdictBy } from './ended-grant.policy.ts';

const others = ['fatal_error', 'internal_error', 'ratelimited', 'missing_scope', 'token_expired', 'not_authed'];

test('auth.test ends a grant by the listed codes only, and by invalid_auth only after a look at another team', () => {
  for (const code of ['token_revoked', 'account_inactive']) expect(meansEnded(code)).toBe(true);
  for (const code of ['invalid_auth', 'org_login_required', ...others]) expect(meansEnded(code)).toBe(false);
  for (const code of ['token_revoked', 'org_login_required', ...others]) expect(isAmbiguous(code)).toBe(false);
  expect(isAmbiguous('invalid_auth')).toBe(true);
});

test('only a clear word about the other team says whether it is the grant or the address', () => {
  expect(verdictBy({ kind: 'ok', value: {}, scopes: undefined })).toBe('ended');
  expect(verdictBy({ kind: 'refused', error: 'invalid_auth' })).toBe('barred');
  for (const error of ['token_revoked', ...others]) expect(verdictBy({ kind: 'refused', error })).toBe('unclear');
  expect(verdictBy({ kind: 'rateLimited', retryAfterSeconds: 1 })).toBe('unclear');
  expect(verdictBy({ kind: 'unavailable', detail: 'no answer' })).toBe('unclear');
});
