import { expect, test } from 'vitest';
import { isSlackItself } from './config/slack-itself.ts';
import * as judge from './doctor.policy.ts';

const HEALTHY = { version: 180_004, isStandby: false, commitsAtOnce: true, maxConnections: 100 };

test.each([
  ['a Postgres that is too old', { version: 140_009 }, 20, 'problem'],
  ['a standby', { isStandby: true }, 20, 'problem'],
  ['one that may forget what it committed', { commitsAtOnce: false }, 20, 'warning'],
  ['one with fewer connections than the pool wants', {}, 100, 'warning'],
  ['one that has all that is needed', {}, 20, 'ok'],
] as const)('a database: %s', (_name, but, poolMax, state) => {
  expect(judge.ofDatabase({ ...HEALTHY, ...but }, poolMax).state).toBe(state);
});

test.each([
  [4_000, 'ok', 'ahead of'],
  [-4_000, 'ok', 'behind'],
  [6_000, 'problem', 'ahead of'],
  [-600_000, 'problem', 'behind'],
] as const)('a clock that is %i ms off', (skewMs, state, words) => {
  expect(judge.ofClock('clock', 'another', skewMs)).toMatchObject({
    state,
    says: expect.stringContaining(words) as string,
  });
});

const ADDRESSES = {
  publicUrl: 'https://a.example',
  redirectUri: 'https://a.example/slack/oauth/callback',
  isSlack: true,
};

test.each([
  ['this server, by https', {}, 'ok'],
  [
    'http, which the simulated Slack takes',
    { redirectUri: 'http://a.example/slack/oauth/callback', isSlack: false },
    'ok',
  ],
  ['http, which Slack does not take', { redirectUri: 'http://a.example/slack/oauth/callback' }, 'problem'],
  ['another path', { redirectUri: 'https://a.example/callback' }, 'warning'],
  ['another host', { redirectUri: 'https://b.example/slack/oauth/callback' }, 'warning'],
] as const)('a redirect URI to %s', (_name, but, state) => {
  expect(judge.ofRedirectUri({ ...ADDRESSES, ...but }).state).toBe(state);
});

test.each([
  ['https://slack.com/api/', true],
  ['https://acme.slack.com/api/', true],
  ['https://slack-gov.com/api/', true],
  ['http://localhost:4001/api/', false],
  ['http://simulator:4001/api/', false],
  ['https://notslack.com/api/', false],
])('%s is Slack itself: %s', (url, is) => {
  expect(isSlackItself(url)).toBe(is);
});

test('the form of a signing secret is judged where Slack itself made it', () => {
  expect(judge.ofSigningSecret('sandbox-signing-secret', new Date(), true).state).toBe('problem');
  expect(judge.ofSigningSecret('sandbox-signing-secret', new Date(), false).state).toBe('ok');
  expect(judge.ofSigningSecret('0'.repeat(32), new Date(), true).state).toBe('ok');
});

test('whatever is not right comes with what to do about it', () => {
  const findings = [
    judge.ofDatabase({ ...HEALTHY, isStandby: true }, 20),
    judge.ofMigrations(['0001']),
    judge.ofClientSecret({ kind: 'refused', error: 'invalid_client_id' }),
    judge.ofClientSecret({ kind: 'unavailable', detail: 'no answer' }),
    judge.ofSigningSecret('short', undefined, true),
    judge.ofSigningSecret('0'.repeat(32), undefined, true),
    ...judge.ofScopes([{ scope: 'chat:write', without: '…' }], []),
    judge.unseen('database', new Error('refused'), 'Start it.'),
  ];
  for (const finding of findings) expect(finding.remedy).toMatch(/\.$/);
});
