import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NotificationDocument } from '../generated/graphql.ts';
import type { Member } from '../support/fleet.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;

const LIMIT = { timeout: 60_000 };
/** As short as a takeover can be. */
const env = { SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1', LEASE_SECONDS: '3' };
const CHANNEL_LEASES = 'select lease_no::int as lease from delivery_lanes where channel_id = $1';

const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await holds())) await pause(20);
};

/** An attempt that its process froze over, and what it was of. */
const freeze = async (failpoint: string, but: Parameters<Torture['message']>[1] = {}) => {
  const victim = await torture.fleet.add('delivery', { HELIOGRAPH_FAILPOINTS: `${failpoint}=pause` });
  const id = await torture.send(torture.message(1, { channelId: torture.channels[0] as string, ...but }));
  await until(() => victim.isStopped());
  return { victim, id };
};

const leaseOf = async (): Promise<number> => {
  const [lane] = await torture.world.database.query<{ lease: number }>(CHANNEL_LEASES, [torture.channels[0]]);
  return lane?.lease ?? 0;
};

/** Everything that is written about one notification. */
const recordOf = async (id: string): Promise<unknown> => {
  const { database } = torture.world;
  return [
    await database.query('select status, slack_message_ts, attempt_count, log_stamp from notifications where id = $1', [
      id,
    ]),
    await database.query('select * from status_log where notification_id = $1 order by stamp, seq', [id]),
    await database.query(
      'select number, outcome = $2 as is_delivered from delivery_attempts where notification_id = $1 order by number',
      [id, 'DELIVERED'],
    ),
  ];
};

const thaw = async (victim: Member): Promise<void> => {
  victim.signal('SIGCONT');
  await until(() => victim.lines.some((line) => line.includes('the lease was lost')));
};

/** Goes on once another process has taken the lane over, and looks; everything comes to rest, once and in order. */
const thawBesideALook = async (victim: Member): Promise<void> => {
  const leased = await leaseOf();
  await torture.fleet.add('delivery');
  await until(async () => (await leaseOf()) > leased);
  await thaw(victim);
  await torture.untilAtRest(30_000);
  await torture.expectClean();
};

/** Each failpoint with the number of its first message. */
const FAILPOINTS = [
  ['after-attempt-commit', 1],
  ['after-bytes-sent', 4],
  ['after-slack-answer', 7],
] as const;

describe('one fleet', () => {
  beforeAll(async () => {
    torture = await Torture.start({ chance: chanceOf('frozen'), roles: ['api'], channels: 2, env });
  });
  // The next one to freeze is to be the only one that could claim.
  afterEach(async () => {
    for (const member of torture.fleet.members.filter(({ role }) => role === 'delivery')) await member.stop();
  });
  afterAll(() => torture?.stop());

  test.each(FAILPOINTS)(
    'a process that froze %s, beyond lease and deadline, neither sends nor overwrites when it goes on',
    LIMIT,
    async (failpoint, number) => {
      const [channelId = ''] = torture.channels;
      const { victim, id } = await freeze(failpoint, { idempotencyKey: `key-${number}` });
      const behind = await torture.send(torture.message(number + 1, { channelId, priority: 'NORMAL' }));
      await torture.fleet.add('delivery');
      await torture.untilAtRest(30_000);
      const before = await recordOf(id);
      await thaw(victim);
      expect(await recordOf(id)).toEqual(before);
      await torture.send(torture.message(number + 2));
      await torture.untilAtRest(30_000);
      await torture.expectClean();
      const posts = (await torture.posts()).map((post) => post.id);
      expect(posts.indexOf(id)).toBeLessThan(posts.indexOf(behind));
    },
  );
});

describe('a fleet of its own', () => {
  afterEach(() => torture.stop());

  test(
    "an answer that a frozen process comes with while another looks it up is not forgotten for the other's guess",
    LIMIT,
    async () => {
      const scopes = 'chat:write,chat:write.public,channels:read';
      torture = await Torture.start({
        chance: chanceOf('thawed during a lookup'),
        roles: ['api'],
        channels: 2,
        scopes,
      });
      await torture.world.slack.fault({
        match: { method: 'conversations.history' },
        fault: { type: 'slow', ms: 1800 },
        times: 0,
      });
      const { victim, id } = await freeze('after-slack-answer', { onUnknownOutcome: 'RESEND' });
      await thawBesideALook(victim);
      const { notification } = await torture.desk.admin.run(NotificationDocument, { id });
      expect(notification).toMatchObject({ status: 'DELIVERED', attemptCount: 1 });
    },
  );

  test('a 429 that a frozen process comes with while another looks is waited out all the same', LIMIT, async () => {
    torture = await Torture.start({ chance: chanceOf('a late 429'), roles: ['api'], channels: 1 });
    const { slack } = torture.world;
    await slack.fault({ match: { method: 'conversations.history' }, fault: { type: 'slow', ms: 1800 }, times: 0 });
    await slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'ratelimit', retryAfter: 12 } });
    const { victim } = await freeze('after-slack-answer');
    await thawBesideALook(victim);
    const [refused, posted, ...more] = await slack.requests('chat.postMessage');
    expect(more).toEqual([]);
    expect((posted?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(12_000);
  });

  test('a send that takes longer than its lease keeps it: nobody takes it over', LIMIT, async () => {
    const name = 'a send longer than its lease';
    const patient = { SLACK_TIMEOUT_MS: '8000', LEASE_SECONDS: '3' };
    torture = await Torture.start({ chance: chanceOf(name), roles: ['all', 'delivery'], channels: 2, env: patient });
    await torture.world.slack.fault({ match: { method: 'chat.postMessage' }, fault: { type: 'slow', ms: 5000 } });
    const id = await torture.send(torture.message(1));
    await torture.untilAtRest(30_000);
    await torture.expectClean();
    const { notification } = await torture.desk.admin.run(NotificationDocument, { id });
    expect(notification?.attempts).toMatchObject([{ outcome: 'DELIVERED' }]);
    expect(await torture.world.slack.requests('conversations.history')).toEqual([]);
    expect(torture.fleet.members.flatMap(({ lines }) => lines).join('\n')).not.toContain('the lease was lost');
  });
});
