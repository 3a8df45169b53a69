import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { QueueRepository } from '../../src/delivery/queue.repository.ts';
import { entities } from '../../src/entities.ts';
import { AcceptService, type Acceptance } from '../../src/notifications/accept.service.ts';
import type { NewNotification } from '../../src/notifications/notification-queue.ts';
import { NotificationRepository } from '../../src/notifications/notification.repository.ts';
import { WordsRepository } from '../../src/notifications/words.repository.ts';
import { openDatabase, type Database } from '../../src/platform/database.ts';
import {
  newId,
  type ChannelId,
  type NotificationId,
  type TeamId,
  type UserId,
  type WorkspaceId,
} from '../../src/platform/ids.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { Secret } from '../../src/platform/secret.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { UNPACED } from '../support/desk.ts';
import { openTeams, report, spread } from '../support/load.ts';
import { chanceOf } from '../support/seeded.ts';
import { accepted, World } from '../support/world.ts';

const SENDS = 500;
const CALLERS = 32;

test(
  `${SENDS} sends over ${CALLERS} connections: each is committed when its answer arrives`,
  { timeout: 60_000 },
  async () => {
    const { seed } = chanceOf('accept');
    const world = await World.start({ env: UNPACED, simulator: { seed } });
    try {
      await world.slack.config({ channelPostsPerSecond: 0 });
      const [team] = await openTeams(world, { BULK: 20 });
      if (!team) throw new Error('There is no team.');
      let next = 0;
      const tookMs: number[] = [];
      const missing: string[] = [];
      const send = async (): Promise<void> => {
        for (let number = next++; number < SENDS; number = next++) {
          const startedAt = performance.now();
          const { id } = await accepted(
            team.admin,
            team.message({ channelId: team.channels[number % team.channels.length] ?? '', text: `bulk ${number}` }),
          );
          tookMs.push(Math.round(performance.now() - startedAt));
          const rows = await world.database.query('select from notifications where id = $1', [id]);
          if (rows.length === 0) missing.push(id);
        }
      };
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: CALLERS }, send));
      const [commits] = await world.database.query<{ count: number }>(
        'select count(distinct created_at)::int as count from notifications',
      );
      const perSecond = Math.round(SENDS / ((performance.now() - startedAt) / 1000));
      report('accept', { 'sends/s': perSecond, answer: spread(tookMs), 'commits for them': commits?.count });
      expect(missing).toEqual([]);
      expect(commits?.count).toBeLessThan(SENDS / 2);
    } finally {
      await world.stop();
    }
  },
);

describe('accepts that share a commit', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let service: AcceptService;
  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    const logger = createLogger({ level: 'silent', role: 'test' });
    database = await openDatabase({ url: new Secret(testDatabase.url), poolMax: 4, entities, logger });
    service = new AcceptService(
      database,
      new NotificationRepository(database),
      new QueueRepository(
        database,
        { burstToleranceSeconds: 0, longestHoldSeconds: 720 },
        () => {},
        () => {},
      ),
      { entering: async (_teams, store) => ({ stored: await store(), isBegun: false }) },
      new WordsRepository(),
      () => {},
    );
  });
  afterAll(async () => {
    await database.stop();
    await testDatabase.drop();
  });

  const notification = (text: string, but: Partial<NewNotification> = {}): NewNotification => ({
    id: newId<NotificationId>(),
    workspaceId: 'w' as WorkspaceId,
    priority: 1,
    text,
    blocks: null,
    threadTs: null,
    eventType: null,
    websiteId: null,
    metadata: null,
    scheduledFor: null,
    idempotencyKey: null,
    onUnknownOutcome: 'HOLD',
    requestedBy: 'u' as UserId,
    selectedBy: null,
    isTest: false,
    teamId: 'T0ACCEPT' as TeamId,
    channelId: `C${text.length}` as ChannelId,
    ...but,
  });
  const keyed = (key: string, text: string): Acceptance => {
    const fresh = notification(text);
    const { workspaceId, requestedBy, id: notificationId } = fresh;
    return {
      notification: fresh,
      binding: { workspaceId, requestedBy, key, inputHash: Buffer.from(text), notificationId },
    };
  };
  const countOf = async (text: string): Promise<number> =>
    (await testDatabase.query('select from notifications where text = $1', [text])).length;

  const BAD = [
    ['a priority that the database refuses', { priority: 9 }],
    ['half a character', { text: 'bad \ud800' }],
    ['a zero character', { text: 'bad \u0000' }],
  ] as const;
  test.each(BAD)('%s fails alone; its neighbours are stored', async (name, but) => {
    const good = Array.from({ length: 40 }, (_, number) => ({
      notification: notification(`${name} ${number}`),
      binding: undefined,
    }));
    const bad = { notification: notification('bad', but), binding: undefined };
    const results = await Promise.allSettled(
      [...good.slice(0, 20), bad, ...good.slice(20)].map((each) => service.accept(each)),
    );
    expect(results.map(({ status }) => status).filter((status) => status === 'rejected')).toHaveLength(1);
    expect(results[20]?.status).toBe('rejected');
    for (const {
      notification: { text },
    } of good)
      expect(await countOf(text)).toBe(1);
    expect(await testDatabase.query(`select from notifications where text like 'bad%'`)).toEqual([]);
  });

  test('equal keys are one notification, and everybody gets it, also beside a bad row', async () => {
    const key = randomUUID();
    const same = Array.from({ length: 200 }, () => service.accept(keyed(key, 'the same')));
    const bad = service.accept({ notification: notification('bad', { priority: 9 }), binding: undefined });
    await expect(bad).rejects.toThrow();
    const answers = await Promise.all(same);
    expect(new Set(answers.map((answer) => answer.notification.id)).size).toBe(1);
    expect(answers.filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    expect(await countOf('the same')).toBe(1);
  });
});
