import { describe, expect, it } from 'vitest';
import { revokeResult } from './revocation.policy.ts';

const ok = (revoked: boolean) => ({ kind: 'ok', value: { revoked }, scopes: undefined }) as const;

describe('the result of auth.revoke', () => {
  it('is done when Slack says so', () => {
    expect(revokeResult(ok(true), 1)).toEqual({ kind: 'revoked' });
  });

  it.each(['token_revoked', 'invalid_auth', 'account_inactive', 'token_expired'])('counts %s as done', (error) => {
    expect(revokeResult({ kind: 'refused', error }, 1)).toEqual({ kind: 'revoked' });
  });

  it('is repeated, ever more slowly and never less than hourly, while Slack cannot be reached', () => {
    const delays = [1, 2, 3, 4, 5, 6, 50].map((attempts) => {
      const result = revokeResult({ kind: 'unavailable', detail: 'timeout' }, attempts);
      return result.kind === 'retry' ? result.afterSeconds : 0;
    });
    expect(delays).toEqual([5, 30, 120, 600, 1800, 3600, 3600]);
  });

  it('waits at least as long as Retry-After says', () => {
    expect(revokeResult({ kind: 'rateLimited', retryAfterSeconds: 90 }, 1)).toMatchObject({ afterSeconds: 90 });
  });

  it('takes a lost answer for a call that may still be on its way', () => {
    expect(revokeResult({ kind: 'unavailable', detail: 'timeout' }, 1)).toMatchObject({ settled: false });
    expect(revokeResult({ kind: 'refused', error: 'fatal_error' }, 1)).toMatchObject({ kind: 'retry', settled: true });
  });
});
