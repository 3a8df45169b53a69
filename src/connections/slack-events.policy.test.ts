import { describe, expect, test } from 'vitest';
import type { ChannelId } from '../platform/ids.ts';
import { endsByItself, leftBy, readEventBody, retryDelaySeconds, type TokenChange } from './slack-events.policy.ts';

const bytes = (body: unknown): Uint8Array => Buffer.from(JSON.stringify(body));
const callback = (event: object, but: object = {}) => ({
  token: 'proves-nothing',
  team_id: 'T1',
  api_app_id: 'A1',
  event,
  type: 'event_callback',
  event_id: 'Ev1',
  event_time: 1_600_000_000,
  ...but,
});
const changeOf = (event: object): unknown => {
  const body = readEventBody(bytes(callback(event)));
  return body.kind === 'event' ? body.event.change : body.kind;
};

describe('readEventBody', () => {
  test.each([
    [{ type: 'app_uninstalled' }, { kind: 'uninstalled' }],
    [
      { type: 'tokens_revoked', tokens: { oauth: ['U1'], bot: ['U2'] } },
      { kind: 'revoked', users: ['U1'], bots: ['U2'] },
    ],
    [
      { type: 'tokens_revoked', tokens: { bot: ['U2'] } },
      { kind: 'revoked', users: [], bots: ['U2'] },
    ],
    [
      { type: 'team_rename', name: 'New' },
      { kind: 'teamRenamed', name: 'New' },
    ],
    [
      { type: 'channel_rename', channel: { id: 'C1', name: 'new', created: 1 } },
      { kind: 'channelRenamed', channel: 'C1', name: 'new' },
    ],
    [
      { type: 'group_rename', channel: { id: 'G1', name: 'new' } },
      { kind: 'channelRenamed', channel: 'G1', name: 'new' },
    ],
    [
      { type: 'channel_created', channel: { id: 'C1', name: 'new' } },
      { kind: 'channelCreated', channel: 'C1', name: 'new', isShared: false },
    ],
    [
      {
        type: 'channel_created',
        channel: { id: 'C1', name: 'new', creator: 'U1', is_private: false, is_shared: true },
      },
      { kind: 'channelCreated', channel: 'C1', name: 'new', isShared: true, creator: 'U1' },
    ],
    [
      { type: 'channel_created', channel: { id: 'C1', name: 'new', is_ext_shared: true } },
      { kind: 'channelCreated', channel: 'C1', name: 'new', isShared: true },
    ],
    [
      { type: 'channel_created', channel: { id: 'C1', name: 'new', is_private: true } },
      { kind: 'memberChanged', channel: 'C1', user: null, isMember: true },
    ],
    [
      { type: 'channel_archive', channel: 'C1' },
      { kind: 'channelArchived', channel: 'C1', isArchived: true },
    ],
    [
      { type: 'channel_unarchive', channel: 'C1' },
      { kind: 'channelArchived', channel: 'C1', isArchived: false },
    ],
    [
      { type: 'channel_deleted', channel: 'C1' },
      { kind: 'channelDeleted', channel: 'C1' },
    ],
    [
      { type: 'channel_id_changed', old_channel_id: 'G1', new_channel_id: 'C1', event_ts: '1.1' },
      { kind: 'channelIdChanged', channel: 'G1', newId: 'C1' },
    ],
    [
      { type: 'member_joined_channel', channel: 'C1', user: 'U1', channel_type: 'C' },
      { kind: 'memberChanged', channel: 'C1', user: 'U1', isMember: true },
    ],
    [
      { type: 'member_left_channel', channel: 'C1', user: 'U1' },
      { kind: 'memberChanged', channel: 'C1', user: 'U1', isMember: false },
    ],
    // Acknowledged, and nothing of them is kept.
    [{ type: 'message', text: 'private words' }, 'other'],
    [{ type: 'channel_rename', channel: 'C1' }, 'malformed'],
    [{ type: 'tokens_revoked', tokens: 'all' }, 'malformed'],
  ])('%j', (event, change) => {
    expect(changeOf(event)).toEqual(change);
  });

  test.each(['channel_left', 'group_left'])('%s names no user: who hears it is who left', (type) => {
    const left = (but: object) => readEventBody(bytes(callback({ type, channel: 'C1', actor_id: 'U1' }, but)));
    const by = (user: string | null) => ({
      event: {
        subject: `C1/member/${user ?? 'bot'}`,
        change: { kind: 'memberChanged', channel: 'C1', user, isMember: false },
      },
    });
    const authorization = { enterprise_id: null, team_id: 'T1', user_id: 'U2', is_bot: true };
    expect(left({ authorizations: [authorization] })).toMatchObject(by('U2'));
    expect(left({})).toMatchObject(by(null));
    expect(left({ authorizations: [] })).toMatchObject(by(null));
    expect(left({ authorizations: 'none' })).toMatchObject(by(null));
  });

  test.each([
    ['1600000000.124850', '2020-09-13T12:26:40.124850Z'],
    ['1600000000', null],
    ['1600000000.1', null],
    ['0000000000.000000', null],
    ['1600000000.124850 ', null],
    ['-1.124850', null],
    [1_600_000_000.5, null],
    [undefined, null],
  ])('an event_ts of %j', (event_ts, occurredAt) => {
    const body = readEventBody(bytes(callback({ type: 'team_rename', name: 'New', event_ts })));
    expect(body).toMatchObject({ event: { eventTime: new Date(1_600_000_000_000), occurredAt } });
  });

  test.each([
    ['no JSON', Buffer.from('{"type":')],
    ['JSON of something else', bytes(['event_callback'])],
    ['null', bytes(null)],
    ['no event id', bytes(callback({ type: 'app_uninstalled' }, { event_id: undefined }))],
    ['no app', bytes(callback({ type: 'app_uninstalled' }, { api_app_id: undefined }))],
    ['no team', bytes(callback({ type: 'app_uninstalled' }, { team_id: undefined }))],
    ['a time that is no number', bytes(callback({ type: 'app_uninstalled' }, { event_time: 'now' }))],
  ])('%s is malformed', (_name, body) => {
    expect(readEventBody(body)).toEqual({ kind: 'malformed' });
  });

  test.each(['app_uninstalled', 'channel_deleted', 'message'])(
    '%s of a whole organisation, which names no team, is nothing to act on',
    (type) => {
      expect(readEventBody(bytes(callback({ type }, { team_id: null })))).toEqual({ kind: 'other', appId: 'A1' });
    },
  );

  test('the challenge of a verification is read, and an event without a payload is nothing to act on', () => {
    expect(readEventBody(bytes({ type: 'url_verification', challenge: 'c' }))).toEqual({
      kind: 'challenge',
      challenge: 'c',
    });
    expect(readEventBody(bytes({ type: 'app_rate_limited', team_id: 'T1', api_app_id: 'A1' }))).toEqual({
      kind: 'other',
      appId: 'A1',
    });
  });

  test.each([
    ['of a type that nobody acts on', callback({ type: 'team_access_granted', team_ids: ['T2'] })],
    ['of a whole organisation', callback({ type: 'team_access_granted', team_ids: ['T2'] }, { team_id: null })],
    ['whose type is somewhere else, as documented once', callback({ event: { type: 'team_access_granted' } })],
  ])('an event %s is acknowledged', (_which, body) => {
    expect(readEventBody(bytes(body))).toEqual({ kind: 'other', appId: 'A1' });
  });

  test('what Slack documents and its SDKs send, within an organisation too, is read', () => {
    const documented = {
      token: 'XXYYZZ',
      team_id: 'T123ABC456',
      enterprise_id: 'E111',
      api_app_id: 'A123ABC456',
      event: { type: 'app_uninstalled', event_ts: '1614847360.124850' },
      type: 'event_callback',
      authorizations: [{ team_id: 'T123ABC456', user_id: 'U123ABC456', is_bot: false, is_enterprise_install: false }],
      event_id: 'Ev123ABC456',
      event_time: 123456789,
    };
    expect(readEventBody(bytes(documented))).toMatchObject({
      event: { teamId: 'T123ABC456', appId: 'A123ABC456', eventId: 'Ev123ABC456', change: { kind: 'uninstalled' } },
    });
    const ofPerson = { ...documented, event: { type: 'tokens_revoked', tokens: { oauth: ['W111'], bot: [] } } };
    expect(readEventBody(bytes(ofPerson))).toMatchObject({ event: { change: { users: ['W111'], bots: [] } } });
  });
});

test('of what something newer has overtaken, a new channel is left, by its newer name', () => {
  const channel = 'C1' as ChannelId;
  const created = { kind: 'channelCreated', channel, name: 'old' } as const;
  const renamed = { kind: 'channelRenamed', channel, name: 'new' } as const;
  expect(leftBy(renamed, created)).toEqual({ kind: 'channelCreated', channel, name: 'new' });
  expect(leftBy(renamed, { ...renamed, name: 'older' })).toBeUndefined();
  expect(leftBy(created, renamed)).toBeUndefined();
});

describe('endsByItself', () => {
  const authorizedAt = new Date('2030-01-01T00:00:10Z');
  const revoked: TokenChange = { kind: 'revoked', users: [], bots: [] };
  const at = (second: number): Date => new Date(authorizedAt.getTime() + (second - 10) * 1000);
  test.each([
    ['older than the install', 9, false],
    ['of the same moment', 10, false],
    ['newer than the install', 11, true],
  ])('an event %s', (_name, second, ends) => {
    expect(endsByItself(revoked, at(second), { authorizedAt, rotates: false })).toBe(ends);
    expect(endsByItself({ kind: 'uninstalled' }, at(second), { authorizedAt, rotates: true })).toBe(ends);
  });

  test('of a grant that rotates, the end of a token is not the end of the grant', () => {
    expect(endsByItself(revoked, at(11), { authorizedAt, rotates: true })).toBe(false);
  });
});

test('tries come further and further apart, and never more than ten minutes', () => {
  expect([1, 2, 3, 9, 12].map(retryDelaySeconds)).toEqual([2, 4, 8, 512, 600]);
});
