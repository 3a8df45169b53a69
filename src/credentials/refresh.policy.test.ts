import { describe, expect, it } from 'vitest';
import type { SlackUserId, TeamId } from '../platform/ids.ts';
import { Secret } from '../platform/secret.ts';
import type { RefreshedGrant, SlackAnswer } from '../slack/gateway.ts';
import type { Principal } from './principal.policy.ts';
import { isOverWithNewPair, refreshResult, restSeconds } from './refresh.policy.ts';

const owner: Principal = { appId: 'A1', teamId: 'T1' as TeamId, slackUserId: 'U1' as SlackUserId, kind: 'BOT' };
const granted: RefreshedGrant = {
  appId: 'A1',
  teamId: owner.teamId,
  userId: owner.slackUserId,
  isBot: true,
  token: new Secret('access'),
  refreshToken: new Secret('refresh'),
  expiresInSeconds: 43_200,
  scopes: [],
};
const ok = (value: RefreshedGrant): SlackAnswer<RefreshedGrant> => ({ kind: 'ok', value, scopes: undefined });
const refused = (error: string): SlackAnswer<RefreshedGrant> => ({ kind: 'refused', error });

describe('what a refresh came to', () => {
  it('keeps the pair of the same principal', () => {
    expect(refreshResult(ok(granted), owner, 0)).toEqual({ kind: 'refreshed', granted });
  });

  it.each<[string, Partial<RefreshedGrant>]>([
    ['app', { appId: 'A2' }],
    ['team', { teamId: 'T2' as TeamId }],
    ['user', { userId: 'U2' as SlackUserId }],
    ['kind of token', { isBot: false }],
  ])('refuses the pair of another %s', (_, other) => {
    expect(refreshResult(ok({ ...granted, ...other }), owner, 0)).toMatchObject({ kind: 'foreign' });
  });

  it('keeps a pair that names nobody, and neither keeps nor gives back such a pair of another team', () => {
    const unnamed = { ...granted, userId: undefined };
    expect(refreshResult(ok(unnamed), owner, 0)).toEqual({ kind: 'refreshed', granted: unnamed });
    const elsewhere = { ...unnamed, teamId: 'T2' as TeamId };
    expect(refreshResult(ok(elsewhere), owner, 0)).toMatchObject({ kind: 'foreign', principal: undefined });
  });

  it.each(['invalid_refresh_token', 'invalid_grant', 'token_revoked', 'account_inactive'])(
    'ends the grant on %s',
    (error) => {
      expect(refreshResult(refused(error), owner, 3)).toEqual({ kind: 'ended', error });
    },
  );

  it.each(['internal_error', 'service_unavailable', 'bad_client_secret', 'invalid_client_id', 'a_code_of_tomorrow'])(
    'ends nothing on %s',
    (error) => {
      expect(refreshResult(refused(error), owner, 0)).toMatchObject({ kind: 'retry', result: 'refused' });
    },
  );

  it('waits as long as Slack asks, and ends nothing where Slack could not be asked', () => {
    const limited: SlackAnswer<RefreshedGrant> = { kind: 'rateLimited', retryAfterSeconds: 77 };
    expect(refreshResult(limited, owner, 0)).toMatchObject({ kind: 'retry', result: 'rate_limited', afterSeconds: 77 });
    const forLong = refreshResult({ kind: 'rateLimited', retryAfterSeconds: 30 * 86_400 }, owner, 0);
    expect(forLong).toMatchObject({ kind: 'retry', afterSeconds: 3600 });
    const lost: SlackAnswer<RefreshedGrant> = { kind: 'unavailable', detail: 'no answer' };
    expect(refreshResult(lost, owner, 0)).toMatchObject({ kind: 'retry', result: 'unavailable', afterSeconds: 1 });
  });

  it('asks again soon, while the grace of a used refresh token runs, and then ever more seldom', () => {
    const lost: SlackAnswer<RefreshedGrant> = { kind: 'unavailable', detail: 'no answer' };
    const pauses = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => refreshResult(lost, owner, failures));
    expect(pauses.map((result) => ('afterSeconds' in result ? result.afterSeconds : 0))).toEqual([
      1, 2, 5, 10, 30, 60, 120, 300, 300,
    ]);
  });

  it('disproves by a pair that was stored late only that its refresh token was used up', () => {
    for (const code of ['invalid_refresh_token', 'invalid_grant']) expect(isOverWithNewPair(code)).toBe(true);
    for (const code of ['token_revoked', 'account_inactive', 'authorization_not_found', null])
      expect(isOverWithNewPair(code)).toBe(false);
  });

  it('leaves a fresh pair alone for a while, however short its life', () => {
    expect([43_200, 60, 4].map(restSeconds)).toEqual([300, 30, 2]);
  });
});
