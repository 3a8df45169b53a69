import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ChannelsDocument,
  DisconnectDocument,
  NotificationHistoryDocument,
  PreflightDocument,
  SelectIdentityDocument,
  type SendNotificationInput,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { joinAsPerson, openDesk, type Desk, type Person } from '../support/desk.ts';
import { accepted, connectTeam, identityOf, send, World } from '../support/world.ts';

const RANDOM_ID = '0198f9b2-7a3c-7000-8000-000000000000';
const GENERAL = 'C0ACME0001';

let world: World;
let desk: Desk;
let ben: Person;
beforeAll(async () => {
  // Slower than anything that is measured here: what is queued stays queued.
  world = await World.start({
    env: { CHANNEL_MESSAGES_PER_SECOND: '0.1', CHANNEL_BURST: '1', QUEUE_MAX_PER_WORKSPACE: '10' },
  });
  desk = await openDesk(world, 'preflight');
  ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
});
afterAll(() => world.stop());

const preflight = async (caller: Caller, input: SendNotificationInput) =>
  (await caller.run(PreflightDocument, { input })).preflight;

const problemsOf = async (caller: Caller, input: SendNotificationInput) => (await preflight(caller, input)).problems;

const channelId = async (name: string): Promise<string> => {
  const variables = { identityId: desk.bot.id, search: name, includeArchived: true };
  const { channels } = await desk.admin.run(ChannelsDocument, variables);
  return channels.nodes.find((channel) => channel.name === name)?.id ?? '';
};

describe('what would go', () => {
  test('as the bot: who posts, where, and that nothing waits; nothing is stored and nothing is posted', async () => {
    const channel = await channelId('random');
    expect(await preflight(desk.admin, desk.message({ channelId: channel }))).toMatchObject({
      wouldDeliver: true,
      postsAs: desk.bot.postsAs,
      channel: { id: channel, name: 'random', postable: 'YES' },
      problems: [],
      expectedDelaySeconds: 0,
    });
    const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, { workspaceId: 'preflight' });
    expect(notificationHistory.nodes).toEqual([]);
    expect(await world.slack.ledger()).toEqual([]);
  });

  test('as a person, into a private channel, and into a channel that the directory does not hold yet', async () => {
    const asBen = (to: string) => desk.message({ sender: { identityId: ben.identity.id }, channelId: to });
    const { channels } = await ben.caller.run(ChannelsDocument, { identityId: ben.identity.id, search: 'aurora' });
    const [aurora] = channels.nodes;
    expect(await preflight(ben.caller, asBen(aurora?.id ?? ''))).toMatchObject({
      wouldDeliver: true,
      postsAs: 'ben',
      channel: { name: 'project-aurora', type: 'PRIVATE' },
    });
    const fresh = await world.slack.channel({ team: 'T0ACME', name: 'fresh' });
    expect(await preflight(desk.admin, desk.message({ channelId: fresh }))).toMatchObject({
      wouldDeliver: true,
      channel: { name: 'fresh' },
    });
  });

  test('by a selection, into its default channel; another sees of a person who, and not where', async () => {
    const choice = { workspaceId: 'preflight', connectionId: desk.connection.id, defaultChannelId: GENERAL } as const;
    const { authorizationId } = ben;
    await ben.caller.run(SelectIdentityDocument, { input: { ...choice, kind: 'PERSONAL_USER', authorizationId } });
    const input = desk.message({ sender: { selectedBy: 'ben' }, channelId: null });
    const own = await preflight(ben.caller, input);
    expect(own).toMatchObject({ wouldDeliver: true, postsAs: 'ben', channel: { id: GENERAL } });
    const service = await world.as('service:jobs', { preflight: 'SERVICE' });
    const foreign = await preflight(service, input);
    expect(foreign).toMatchObject({ wouldDeliver: true, postsAs: 'ben', channel: null, problems: [] });
  });
});

describe('who it is posted as', () => {
  test('an identity that the viewer may not use is NOT_FOUND, like a random one', async () => {
    const foreign = desk.message({ sender: { identityId: ben.identity.id } });
    expect(await desk.admin.failureCodes(PreflightDocument, { input: foreign })).toEqual(['NOT_FOUND']);
    const random = desk.message({ sender: { identityId: RANDOM_ID } });
    expect(await desk.admin.failureCodes(PreflightDocument, { input: random })).toEqual(['NOT_FOUND']);
    const stranger = await world.as('stranger', { elsewhere: 'ADMIN' });
    expect(await stranger.failureCodes(PreflightDocument, { input: desk.message() })).toEqual(['FORBIDDEN']);
  });

  test('nothing selected, and a selection that is not for the viewer to use', async () => {
    const nobody = await problemsOf(desk.admin, desk.message({ sender: { selectedBy: 'nobody' } }));
    expect(nobody).toMatchObject([{ code: 'IDENTITY_NOT_SELECTED', actor: 'CALLER' }]);
    const theirs = await preflight(ben.caller, desk.message({ sender: { selectedBy: 'admin-of-preflight' } }));
    expect(theirs).toMatchObject({ wouldDeliver: false, postsAs: null, expectedDelaySeconds: null });
    expect(theirs.problems).toMatchObject([{ code: 'IDENTITY_NOT_USABLE', actor: 'CALLER' }]);
  });

  test('one that needs to be authorized again is for an admin, or for the person', async () => {
    const other = await openDesk(world, 'dead', 'T0GLOBEX');
    const gia = await joinAsPerson(world, other, 'gia', 'U0GLBX001');
    await world.slack.revoke({ team: 'T0GLOBEX' });
    // In a channel of its own: in the bot's it would have to wait for its turn before Slack is asked.
    const asGia = other.message({ sender: { identityId: gia.identity.id }, channelId: 'C0GLBX0002' });
    for (const [caller, input, actor] of [
      [other.admin, other.message({ channelId: 'C0GLBX0001' }), 'WORKSPACE_ADMIN'],
      [gia.caller, asGia, 'CALLER'],
    ] as const) {
      await send(caller, input);
      await vi.waitFor(
        async () => {
          const { wouldDeliver, problems } = await preflight(caller, input);
          expect({ wouldDeliver, problems }).toMatchObject({
            wouldDeliver: false,
            problems: [{ code: 'CONNECTION_NEEDS_REAUTHORIZATION', actor }],
          });
          expect(problems[0]?.remedy).toContain(`connectionId ${other.connection.id}`);
        },
        { timeout: 10_000, interval: 100 },
      );
    }
    await other.admin.run(DisconnectDocument, { input: { id: other.connection.id } });
    expect(await problemsOf(other.admin, other.message({ channelId: 'C0GLBX0001' }))).toMatchObject([
      { code: 'CONNECTION_DISCONNECTED', actor: 'WORKSPACE_ADMIN' },
    ]);
  });
});

describe('where it goes', () => {
  test.each([
    ['CHANNEL_REQUIRED', 'CALLER', () => Promise.resolve(null)],
    ['CHANNEL_NOT_FOUND', 'CALLER', () => Promise.resolve('#general')],
    ['CHANNEL_NOT_FOUND', 'CALLER', () => Promise.resolve('C0NOTTHERE')],
    ['CHANNEL_ARCHIVED', 'CALLER', () => channelId('offsite-2023')],
    ['POSTING_RESTRICTED', 'SLACK_ADMIN', () => channelId('announcements')],
  ] as const)('%s is for %s to mend', async (code, actor, channel) => {
    const result = await preflight(desk.admin, desk.message({ channelId: await channel() }));
    expect(result).toMatchObject({ wouldDeliver: false, problems: [{ code, actor }], expectedDelaySeconds: null });
    for (const { message, remedy } of result.problems) expect(`${message} ${remedy}`).not.toMatch(/undefined|null/);
  });

  test('a channel of threads takes a reply, and nothing else', async () => {
    const input = desk.message({ channelId: await channelId('ask-anything') });
    const problems = [{ code: 'POSTING_RESTRICTED', actor: 'CALLER', remedy: expect.stringContaining('threadTs') }];
    const channel = { postable: 'UNKNOWN' };
    expect(await preflight(desk.admin, input)).toMatchObject({ wouldDeliver: false, channel, problems });
    const reply = { ...input, threadTs: '1700000000.000100' };
    expect(await preflight(desk.admin, reply)).toMatchObject({ wouldDeliver: true, channel, problems: [] });
  });

  test('NOT_IN_CHANNEL until somebody invites, which is seen at once', async () => {
    const shy = await world.as('shy', { shy: 'ADMIN' });
    await connectTeam(shy, 'shy', 'T0INITECH', 'chat:write,channels:read');
    const bot = await identityOf(shy, 'shy', 'WORKSPACE_BOT');
    const { channels } = await shy.run(ChannelsDocument, { identityId: bot.id });
    const outside = channels.nodes.find(({ postable }) => postable === 'NEEDS_INVITE')?.id ?? '';
    const input = { workspaceId: 'shy', sender: { identityId: bot.id }, channelId: outside, text: 'hello' };
    expect(await preflight(shy, input)).toMatchObject({ wouldDeliver: false, problems: [{ code: 'NOT_IN_CHANNEL' }] });
    await world.slack.membership({ team: 'T0INITECH', channel: outside, user: 'bot', member: true });
    expect(await preflight(shy, input)).toMatchObject({ wouldDeliver: true, problems: [] });
  });

  test('what was listed long ago is asked of Slack, which does not tell of every change', async () => {
    const channel = await channelId('random');
    await world.slack.channel({ team: 'T0ACME', channel, archived: true });
    expect((await preflight(desk.admin, desk.message({ channelId: channel }))).wouldDeliver).toBe(true);
    await world.database.query(`update channel_directories set synced_at = now() - interval '61 minutes'`);
    const problems = await problemsOf(desk.admin, desk.message({ channelId: channel }));
    expect(problems).toMatchObject([{ code: 'CHANNEL_ARCHIVED' }]);
    await world.slack.channel({ team: 'T0ACME', channel, archived: false });
  });

  test('MISSING_SCOPE where the bot may not post, or may not see its kind of channel', async () => {
    const mute = await world.as('mute', { mute: 'ADMIN' });
    await connectTeam(mute, 'mute', 'T0INITRODE', 'channels:read');
    const bot = await identityOf(mute, 'mute', 'WORKSPACE_BOT');
    const input = { workspaceId: 'mute', sender: { identityId: bot.id }, channelId: 'C0INTR0001', text: 'hello' };
    const problems = await problemsOf(mute, input);
    expect(problems).toMatchObject([{ code: 'MISSING_SCOPE', actor: 'WORKSPACE_ADMIN' }]);
    expect(problems[0]?.message).toContain('chat:write');
    const hidden = await world.slack.channel({ team: 'T0INITRODE', name: 'hidden', private: true });
    await world.slack.membership({ team: 'T0INITRODE', channel: hidden, user: 'bot', member: true });
    const unseen = await problemsOf(mute, { ...input, channelId: hidden });
    expect(unseen.map(({ message }) => message).join(' ')).toContain('groups:read');
  });

  test('while Slack cannot be asked about a channel, nobody says that it would be delivered', async () => {
    await world.slack.fault({ match: { method: 'conversations.info' }, fault: { type: 'status', status: 503 } });
    const result = await preflight(desk.admin, desk.message({ channelId: 'C0NOTASKED' }));
    expect(result).toMatchObject({ wouldDeliver: false, problems: [{ code: 'SLACK_UNAVAILABLE', actor: 'SLACK' }] });
  });
});

describe('the message itself', () => {
  test('every kind of problem is told at once', async () => {
    const result = await preflight(
      desk.admin,
      desk.message({
        text: ' ',
        blocks: [],
        metadata: { big: 'x'.repeat(20_000) },
        expiresAt: '2020-01-01T00:00:00Z',
        idempotencyKey: '',
        channelId: null,
      }),
    );
    expect(result.wouldDeliver).toBe(false);
    const codes = result.problems.map(({ code }) => code);
    expect(codes.filter((code) => code === 'INVALID_MESSAGE')).toHaveLength(5);
    expect(codes).toContain('CHANNEL_REQUIRED');
  });

  test('a key that stands for another input already', async () => {
    const admin = desk.admin;
    const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
    await accepted(admin, desk.message({ idempotencyKey: 'once', scheduledFor }));
    const same = await preflight(admin, desk.message({ idempotencyKey: 'once', scheduledFor }));
    expect(same).toMatchObject({ wouldDeliver: true, problems: [] });
    expect(same.expectedDelaySeconds).toBeGreaterThan(3500);
    const other = await problemsOf(admin, desk.message({ idempotencyKey: 'once', text: 'another' }));
    expect(other).toMatchObject([{ code: 'INVALID_MESSAGE', actor: 'CALLER' }]);
  });
});

describe('when it would go', () => {
  test('by its place in its channel, and not past its expiry', async () => {
    const channel = await channelId('data');
    for (let count = 0; count < 4; count += 1) await accepted(desk.admin, desk.message({ channelId: channel }));
    const waiting = await preflight(desk.admin, desk.message({ channelId: channel }));
    expect(waiting).toMatchObject({ wouldDeliver: true, problems: [] });
    // Three wait at least, each for its ten seconds; the first may have gone.
    expect(waiting.expectedDelaySeconds).toBeGreaterThan(20);
    expect(waiting.expectedDelaySeconds).toBeLessThanOrEqual(40);
    const urgent = await preflight(desk.admin, desk.message({ channelId: channel, priority: 'URGENT' }));
    expect(urgent.expectedDelaySeconds).toBeLessThanOrEqual(10);
    const expiresAt = new Date(Date.now() + 15_000).toISOString();
    const late = await preflight(desk.admin, desk.message({ channelId: channel, expiresAt }));
    expect(late).toMatchObject({ wouldDeliver: false, problems: [{ code: 'EXPIRED' }] });
  });

  test('however far away it is scheduled', async () => {
    const far = await preflight(desk.admin, desk.message({ scheduledFor: '2200-01-01T00:00:00Z' }));
    expect(far).toMatchObject({ wouldDeliver: true, expectedDelaySeconds: 2_147_483_647 });
  });

  test('a channel that Slack limits delays, with the time; so does a team, and one that Slack does not answer for', async () => {
    const limited = await openDesk(world, 'limited', 'T0UMBRELLA');
    const to = (channel: number) => limited.message({ channelId: `C0UMBR000${channel}` });
    const delayed = async (channel: number, words: string, atLeast: number): Promise<void> => {
      const waiting = await vi.waitFor(
        async () => {
          const found = await preflight(limited.admin, to(channel));
          expect(found.problems).toMatchObject([{ code: 'SLACK_UNAVAILABLE', actor: 'SLACK' }]);
          return found;
        },
        { timeout: 10_000, interval: 50 },
      );
      expect(waiting.wouldDeliver).toBe(true);
      expect(waiting.problems[0]?.message).toContain(words);
      expect(waiting.expectedDelaySeconds).toBeGreaterThan(atLeast);
    };
    const match = { method: 'chat.postMessage', team: 'T0UMBRELLA' };
    await world.slack.fault({ match, fault: { type: 'ratelimit', retryAfter: '60' }, times: 2 });
    await accepted(limited.admin, to(1));
    await delayed(1, 'Slack limits this channel', 40);
    await accepted(limited.admin, to(2));
    await delayed(3, 'Slack limits the whole team', 40);

    const silent = await openDesk(world, 'silent', 'T0INITECH');
    await world.slack.fault({ match: { ...match, team: 'T0INITECH' }, fault: { type: 'reset_before' }, times: 0 });
    for (let channel = 1; channel <= 6; channel += 1)
      await accepted(silent.admin, silent.message({ channelId: `C0INTC000${channel}` }));
    await vi.waitFor(
      async () => {
        const found = await preflight(silent.admin, silent.message({ channelId: 'C0INTC0001' }));
        expect(found.problems.map(({ message }) => message).join()).toContain('Slack does not answer for this team');
        expect(found.wouldDeliver).toBe(true);
      },
      { timeout: 15_000, interval: 100 },
    );
    await world.slack.clearFaults();
  });

  test('a full queue stops what is not scheduled', async () => {
    const channel = await channelId('design');
    const full = await openDesk(world, 'full');
    const input = full.message({ channelId: channel });
    for (let count = 0; count < 12; count += 1) await send(full.admin, input);
    const now = await preflight(full.admin, input);
    expect(now).toMatchObject({ wouldDeliver: false, problems: [{ code: 'SLACK_UNAVAILABLE', actor: 'CALLER' }] });
    const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
    expect(await preflight(full.admin, { ...input, scheduledFor })).toMatchObject({ wouldDeliver: true, problems: [] });
  });
});
