import { describe, expect, it } from 'vitest';
import { isOutdated, principalReadiness } from './principal.policy.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

const NONE = { revokingUntil: null, refusedAt: null, toldAt: null };

describe('putting a granted token to use', () => {
  it('waits while a revoke call of the same principal may be on its way', () => {
    expect(principalReadiness({ ...NONE, revokingUntil: at(20) }, at(5), at(10))).toBe('busy');
  });

  it('asks Slack first where a revoke call was on its way after the grant', () => {
    expect(principalReadiness({ ...NONE, revokingUntil: at(8) }, at(5), at(10))).toBe('doubtful');
    expect(principalReadiness({ ...NONE, revokingUntil: at(5) }, at(5), at(10))).toBe('doubtful');
  });

  it('asks Slack first where Slack refused the principal, or told that it has ended, after the grant', () => {
    expect(principalReadiness({ ...NONE, refusedAt: at(7) }, at(5), at(10))).toBe('doubtful');
    expect(principalReadiness({ ...NONE, toldAt: at(5) }, at(5), at(10))).toBe('doubtful');
    expect(principalReadiness({ ...NONE, refusedAt: at(4), toldAt: at(3) }, at(5), at(10))).toBe('ready');
  });

  it('goes ahead where every revoke call was over before the grant, or none was made', () => {
    expect(principalReadiness({ ...NONE, revokingUntil: at(4) }, at(5), at(10))).toBe('ready');
    expect(principalReadiness(NONE, at(5), at(10))).toBe('ready');
  });
});

describe('a grant that Slack gave before the one that is stored', () => {
  const stored = { accessToken: new Uint8Array([1]), problemCode: null, grantedAt: at(5) };

  it('stays out, and a newer one, or one of the same moment, does not', () => {
    expect([at(4), at(5), at(6)].map((grantedAt) => isOutdated(grantedAt, stored))).toEqual([true, false, false]);
  });

  it('is taken where there is none, where that one has ended, and where nobody knows when it was given', () => {
    expect(isOutdated(at(4), { ...stored, accessToken: null })).toBe(false);
    expect(isOutdated(at(4), { ...stored, problemCode: 'token_revoked' })).toBe(false);
    expect(isOutdated(at(4), { ...stored, grantedAt: null })).toBe(false);
  });
});
