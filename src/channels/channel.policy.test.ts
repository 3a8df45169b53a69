import { describe, expect, test } from 'vitest';
import { directoryState, needsSync, postableOf, type DirectoryProgress } from './channel.policy.ts';

const OPEN = {
  type: 'PUBLIC',
  isArchived: false,
  isMember: false,
  isShared: false,
  isReadOnly: false,
  isThreadOnly: false,
} as const;
const BOT = { kind: 'BOT', scopes: ['chat:write', 'chat:write.public'] } as const;
const SHY_BOT = { kind: 'BOT', scopes: ['chat:write'] } as const;
const PERSON = { kind: 'USER', scopes: ['chat:write'] } as const;
const MUTE = { kind: 'BOT', scopes: ['chat:write.public', 'channels:read'] } as const;

describe('postable', () => {
  test.each([
    ['a public channel takes the bot with chat:write.public', OPEN, BOT, 'YES'],
    ['a public channel takes no bot without it that is not a member', OPEN, SHY_BOT, 'NEEDS_INVITE'],
    ['a public channel takes the bot that is a member', { ...OPEN, isMember: true }, SHY_BOT, 'YES'],
    ['a public channel takes no person who is not in it', OPEN, PERSON, 'NEEDS_INVITE'],
    ['a public channel takes its members', { ...OPEN, isMember: true }, PERSON, 'YES'],
    ['chat:write.public never covers a private channel', { ...OPEN, type: 'PRIVATE' }, BOT, 'NEEDS_INVITE'],
    ['a private channel takes its members', { ...OPEN, type: 'PRIVATE', isMember: true }, BOT, 'YES'],
    ['a direct message takes who sees it', { ...OPEN, type: 'DM' }, PERSON, 'YES'],
    ['a group takes who sees it', { ...OPEN, type: 'GROUP_DM' }, PERSON, 'YES'],
    ['an archived channel takes nobody', { ...OPEN, isArchived: true, isMember: true }, BOT, 'ARCHIVED'],
    ['a read-only channel takes nobody', { ...OPEN, isReadOnly: true, isMember: true }, BOT, 'READ_ONLY'],
    ['a channel of threads takes replies only', { ...OPEN, isThreadOnly: true, isMember: true }, BOT, 'UNKNOWN'],
    ['a channel of threads takes no person who is not in it', { ...OPEN, isThreadOnly: true }, PERSON, 'NEEDS_INVITE'],
    ['a foreign shared channel may or may not take the bot', { ...OPEN, isShared: true }, BOT, 'UNKNOWN'],
    ['a shared channel takes its members', { ...OPEN, isShared: true, isMember: true }, BOT, 'YES'],
    ['without chat:write an invitation would not help', { ...OPEN, isMember: true }, MUTE, 'UNKNOWN'],
  ] as const)('%s', (_promise, channel, principal, expected) => {
    expect(postableOf(channel, principal)).toBe(expected);
  });
});

const ALL = ['channels:read', 'groups:read', 'mpim:read', 'im:read'];
const TYPES = ['PUBLIC', 'PRIVATE', 'GROUP_DM', 'DM'] as const;
const NOW = new Date('2026-01-01T12:00:00Z');
const SYNCED: DirectoryProgress = {
  requestedAt: null,
  neededGeneration: null,
  runPages: 0,
  runConversations: 0,
  syncedAt: NOW,
  syncedTypes: [...TYPES],
  problem: null,
  problemAt: null,
  expected: 200,
};
const FIRST: DirectoryProgress = { ...SYNCED, requestedAt: NOW, syncedAt: null, syncedTypes: [], expected: null };
const live = (scopes: readonly string[] = ALL) => ({ standing: 'LIVE', scopes }) as const;

describe('the state of a directory is never a silent gap', () => {
  test('a whole listing of every kind is complete', () => {
    expect(directoryState(SYNCED, live())).toEqual({ complete: true, syncedAt: NOW, syncing: false, gaps: [] });
  });

  test('a refresh of a whole listing takes nothing from it', () => {
    const state = directoryState({ ...SYNCED, requestedAt: NOW, runConversations: 3 }, live());
    expect(state).toMatchObject({ complete: true, syncing: true, gaps: [] });
  });

  test('one that was never asked for says so', () => {
    expect(directoryState(undefined, live())).toMatchObject({
      complete: false,
      syncing: false,
      gaps: ['never synced'],
    });
  });

  test('a missing scope is named', () => {
    const state = directoryState(SYNCED, live(ALL.filter((scope) => scope !== 'groups:read')));
    expect(state).toMatchObject({ complete: false, gaps: ['groups:read missing'] });
  });

  test.each([
    [{ runPages: 0 }, 'sync running, 0 pages read'],
    [{ runPages: 1, runConversations: 999 }, 'sync running, 1 page read'],
    [{ runPages: 2, runConversations: 126, expected: 200 }, 'sync running, 63 %'],
    [{ runPages: 2, runConversations: 400, expected: 200 }, 'sync running, 99 %'],
  ])('a first sync says how far it has come: %o', (progress, gap) => {
    expect(directoryState({ ...FIRST, ...progress }, live())).toMatchObject({
      complete: false,
      syncing: true,
      gaps: [gap],
    });
  });

  test('a kind that was granted after the last listing is missing until the next', () => {
    const known = { ...SYNCED, syncedTypes: ['PUBLIC', 'GROUP_DM', 'DM'] as const };
    expect(directoryState({ ...known, syncedTypes: [...known.syncedTypes] }, live()).gaps).toEqual([
      'PRIVATE not listed yet',
    ]);
    const running = { ...known, syncedTypes: [...known.syncedTypes], requestedAt: NOW, runConversations: 20 };
    expect(directoryState(running, live()).gaps).toEqual(['PRIVATE not listed yet', 'sync running, 10 %']);
  });

  test('what was learned too late for the last listing is missing until the next has ended', () => {
    const owed = { ...SYNCED, neededGeneration: 2 };
    expect(directoryState(owed, live())).toMatchObject({ complete: false, gaps: ['new channels not listed yet'] });
    const running = { ...owed, requestedAt: NOW, runConversations: 20 };
    expect(directoryState(running, live()).gaps).toEqual(['new channels not listed yet', 'sync running, 10 %']);
    const first = directoryState({ ...FIRST, neededGeneration: 2, runConversations: 20, expected: 200 }, live());
    expect(first.gaps).toEqual(['sync running, 10 %']);
  });

  test('what kept the last sync from its end is told', () => {
    const failed = { ...SYNCED, problem: 'Slack refused the listing (not_allowed)', problemAt: NOW };
    expect(directoryState(failed, live())).toMatchObject({ complete: false, gaps: [failed.problem] });
  });

  test('an identity whose authorization has ended, or that is disconnected, says so', () => {
    const ended = directoryState({ ...SYNCED, requestedAt: NOW }, { standing: 'ENDED', scopes: ALL });
    expect(ended).toMatchObject({ complete: false, syncing: false, syncedAt: NOW });
    expect(ended.gaps).toEqual(['the connection needs to be authorized again']);
    const gone = directoryState(undefined, { standing: 'DISCONNECTED', scopes: [] });
    expect(gone.gaps).toEqual(['the identity is disconnected']);
  });
});

describe('who uses a directory has it synced', () => {
  const at = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

  test.each([
    ['that is not there', undefined, ALL, 0, true],
    ['that is being synced', { ...SYNCED, requestedAt: NOW }, ALL, 120, false],
    ['that is fresh', SYNCED, ALL, 59, false],
    ['that is older than an hour', SYNCED, ALL, 61, true],
    ['that lacks what was learned too late', { ...SYNCED, neededGeneration: 2 }, ALL, 1, true],
    ['without a kind that is granted by now', { ...SYNCED, syncedTypes: ['PUBLIC'] as 'PUBLIC'[] }, ALL, 1, true],
    [
      'without a kind that is not granted',
      { ...SYNCED, syncedTypes: ['PUBLIC'] as 'PUBLIC'[] },
      ['channels:read'],
      1,
      false,
    ],
    ['whose sync just failed', { ...FIRST, requestedAt: null, problem: 'no', problemAt: NOW }, ALL, 0.5, false],
    ['whose later sync failed a minute ago', { ...SYNCED, problem: 'no', problemAt: NOW }, ALL, 2, true],
    ['whose sync failed a minute ago', { ...FIRST, requestedAt: null, problem: 'no', problemAt: NOW }, ALL, 2, true],
  ] as const)('one %s', (_which, directory, scopes, minutes, expected) => {
    expect(needsSync(directory, scopes, at(minutes))).toBe(expected);
  });
});
