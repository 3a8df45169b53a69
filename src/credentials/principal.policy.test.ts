import { describe, expect, it } from 'vitest';
import { principalReadiness } from './principal.policy.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 22, 10, 0, second));

describe('putting a granted token to use', () => {
  it('waits while a revoke call of the same principal may be on its way', () => {
    expect(principalReadiness(at(20), at(5), at(10))).toBe('busy');
  });

  it('asks Slack first where a revoke call was on its way after the grant', () => {
    expect(principalReadiness(at(8), at(5), at(10))).toBe('doubtful');
    expect(principalReadiness(at(5), at(5), at(10))).toBe('doubtful');
  });

  it('goes ahead where every revoke call was over before the grant, or none was made', () => {
    expect(principalReadiness(at(4), at(5), at(10))).toBe('ready');
    expect(principalReadiness(null, at(5), at(10))).toBe('ready');
  });
});
