import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { CancelNotificationDocument, DisconnectDocument } from '../generated/graphql.ts';
import { joinAsPerson, openDesk } from '../support/desk.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';
import { accepted, connectTeam, send } from '../support/world.ts';

let torture: Torture;
const blockers: pg.Client[] = [];
afterEach(async () => {
  for (const blocker of blockers.splice(0)) await blocker.end();
  await torture.stop();
});

const MESSAGES = 240;
const ROUNDS = 4;

const cancel = async (id: string): Promise<string> => {
  const { cancelNotification } = await torture.desk.admin.run(CancelNotificationDocument, { input: { id } });
  return cancelNotification.userErrors[0]?.code ?? 'canceled';
};

test(
  'a cancel that races with claims never loses: canceled is never in Slack, and the rest arrives',
  { timeout: 60_000 },
  async () => {
    torture = await Torture.start({
      chance: chanceOf('cancel against claim'),
      roles: ['all', 'delivery'],
      channels: 12,
    });
    const answers = new Map<string, string>();
    const sendAndCancel = async (number: number): Promise<void> => {
      const id = await torture.send(torture.message(number));
      if (torture.chance.next() < 0.3) return;
      await pause(torture.chance.between(0, 60));
      answers.set(id, await cancel(id));
    };
    for (let number = 1; number <= MESSAGES; number += 40) {
      await Promise.all(Array.from({ length: 40 }, (_, index) => sendAndCancel(number + index)));
    }
    await torture.untilAtRest(20_000);
    const statuses = new Map((await torture.rows()).map(({ id, status }) => [id, status]));
    for (const [id, answer] of answers) {
      expect([answer, statuses.get(id)]).toEqual(
        answer === 'canceled' ? ['canceled', 'CANCELED'] : ['NOT_CANCELABLE', 'DELIVERED'],
      );
    }
    const tooLate = [...answers.values()].filter((answer) => answer !== 'canceled').length;
    expect(tooLate).toBeGreaterThan(0);
    expect(tooLate).toBeLessThan(answers.size);
    process.stdout.write(
      `cancel against claim: ${await torture.expectClean()}; ${tooLate} of ${answers.size} came too late\n`,
    );
  },
);

/** Sends until the connection refuses, while it is disconnected; some at once, some for later. */
const sendUntilRefused = async (
  desk: Awaited<ReturnType<typeof openDesk>>,
  channels: readonly string[],
): Promise<void> => {
  for (let number = 0; number < 40; number += 1) {
    const later = torture.chance.next() < 0.3 ? { scheduledFor: new Date(Date.now() + 3_600_000).toISOString() } : {};
    const { userErrors } = await send(desk.admin, desk.message({ channelId: torture.chance.pick(channels), ...later }));
    if (userErrors.length > 0) return;
  }
};

test('a disconnect that races with accept, send and retry leaves no orphan', { timeout: 90_000 }, async () => {
  torture = await Torture.start({
    chance: chanceOf('disconnect against the rest'),
    roles: ['all', 'delivery'],
    channels: 6,
  });
  const { world, chance } = torture;
  const faults = [
    { type: 'error', error: 'service_unavailable' },
    { type: 'ratelimit', retryAfter: '1' },
    { type: 'error', error: 'token_revoked' },
    { type: 'slow', ms: 300 },
  ];
  for (let round = 0; round < ROUNDS; round += 1) {
    const team = `T0ROUND${round}`;
    const channels = await world.slack.addTeam(team, 6);
    const desk = await openDesk(world, `round-${round}`, team);
    for (const fault of faults)
      await world.slack.fault({ match: { method: 'chat.postMessage', team }, fault, times: 0, probability: 0.15 });
    const senders = Array.from({ length: 6 }, () => sendUntilRefused(desk, channels));
    await pause(chance.between(50, 400));
    const { disconnect } = await desk.admin.run(DisconnectDocument, { input: { id: desk.connection.id } });
    expect(disconnect.userErrors).toEqual([]);
    await Promise.all(senders);
  }
  const restMs = await torture.untilAtRest(20_000);
  await torture.expectNothingLeft();
  process.stdout.write(
    `disconnect against the rest: at rest ${restMs} ms after the last disconnect; ${await torture.endings()}\n`,
  );
});

const connectRound = async (name: string) => {
  torture = await Torture.start({ chance: chanceOf(name), roles: ['all', 'delivery'], channels: 2 });
  const channels = await torture.world.slack.addTeam('T0LEAVING', 2);
  const desk = await openDesk(torture.world, 'leaving', 'T0LEAVING');
  const disconnect = () => desk.admin.run(DisconnectDocument, { input: { id: desk.connection.id } });
  return { desk, disconnect, channels, channelId: channels[0] as string };
};

/** Nothing enters, leaves or is claimed from the channel until it is let go. */
const holdLane = async (channelId: string): Promise<() => Promise<void>> => {
  const blocker = new pg.Client({ connectionString: torture.world.database.url });
  await blocker.connect();
  blockers.push(blocker);
  await blocker.query('begin');
  await blocker.query('select from delivery_lanes where channel_id = $1 for update', [channelId]);
  return () => blocker.end();
};

const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

const statusesOf = async (ids: readonly string[]): Promise<string[]> => {
  const rows = await torture.world.database.query<{ id: string; ended: string }>(
    `select id, concat_ws(' ', status, failure_code) as ended from notifications where id = any($1)`,
    [ids],
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.ended ?? 'unknown');
};

const until = async (text: string): Promise<void> => {
  while ((await torture.world.database.query(text)).length === 0) await pause(10);
};

const expectCanceledByDisconnect = async (id: string | undefined): Promise<void> => {
  await torture.untilAtRest(30_000);
  const rows = await torture.world.database.query('select status, failure_code from notifications where id = $1', [id]);
  expect(rows).toEqual([{ status: 'CANCELED', failure_code: 'CANCELED_BY_DISCONNECT' }]);
  await torture.expectNothingLeft();
};

test(
  'a send that finds its token ended by the disconnect is canceled, not parked for a reconnect',
  { timeout: 60_000 },
  async () => {
    const { desk, disconnect, channelId } = await connectRound('a send during a disconnect');
    await torture.world.slack.fault({
      match: { method: 'chat.postMessage' },
      fault: { type: 'error', error: 'token_revoked' },
    });
    await torture.world.slack.config({ latencyMs: 500 });
    const { notification } = await send(desk.admin, desk.message({ channelId }));
    await until(`select from notifications where status = 'SENDING'`);
    await disconnect();
    await expectCanceledByDisconnect(notification?.id);
  },
);

test(
  'a scheduled message that is accepted during the disconnect is canceled, not kept for its time',
  { timeout: 60_000 },
  async () => {
    const { desk, disconnect, channelId } = await connectRound('a schedule during a disconnect');
    await send(desk.admin, desk.message({ channelId }));
    await torture.untilAtRest(30_000);
    // The accept has found its identity usable and waits for its channel's row when the disconnect goes through.
    const letGo = await holdLane(channelId);
    const sending = send(desk.admin, desk.message({ channelId, scheduledFor: inAnHour() }));
    // Of this database: other test files wait for locks in the same cluster.
    await until(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    await disconnect();
    await letGo();
    await expectCanceledByDisconnect((await sending).notification?.id);
  },
);

const reconnects = {
  'a workspace': async ({ desk, disconnect }: Awaited<ReturnType<typeof connectRound>>) => {
    const reconnect = () => connectTeam(desk.admin, 'leaving', 'T0LEAVING');
    return { caller: desk.admin, sender: { identityId: desk.bot.id }, disconnect, reconnect };
  },
  'a person': async ({ desk, channels }: Awaited<ReturnType<typeof connectRound>>) => {
    const join = () => joinAsPerson(torture.world, desk, 'bob', 'U0LEAVING001');
    const { caller, identity, authorizationId } = await join();
    for (const channel of channels)
      await torture.world.slack.membership({ team: 'T0LEAVING', channel, user: 'U0LEAVING001', member: true });
    const disconnect = () => caller.run(DisconnectDocument, { input: { id: authorizationId } });
    return { caller, sender: { identityId: identity.id }, disconnect, reconnect: join };
  },
};

test.each(['a workspace', 'a person'] as const)(
  '%s that reconnects while its disconnect still cancels: all that was accepted before is canceled, and nothing later',
  { timeout: 60_000 },
  async (who) => {
    const round = await connectRound(`a reconnect of ${who} during its disconnect`);
    const [held, paused] = round.channels as [string, string];
    const { caller, sender, disconnect, reconnect } = await reconnects[who](round);
    const accept = async (channelId: string, scheduledFor?: string): Promise<string> =>
      (await accepted(caller, round.desk.message({ sender, channelId, ...(scheduledFor && { scheduledFor }) }))).id;
    const later = await accept(held, inAnHour());
    const fault = { type: 'ratelimit', retryAfter: '3' };
    await torture.world.slack.fault({ match: { method: 'chat.postMessage' }, fault });
    const soon = await accept(paused);
    await until(`select from notifications where status = 'RETRYING'`);
    // The disconnect waits for the first channel; the second one has its turn once the reconnect is done.
    const [letGoHeld, letGoPaused] = [await holdLane(held), await holdLane(paused)];
    const disconnecting = disconnect();
    await until(
      `select from connections where disconnected_at is not null
       union all select from authorizations where disconnected_at is not null`,
    );
    // A new grant that is there when the old one is revoked ends with it, and would have to be asked for once more.
    await until('select where not exists (select from revocations)');
    await reconnect();
    await letGoPaused();
    await expect.poll(() => statusesOf([soon]), { timeout: 10_000 }).toEqual(['CANCELED CANCELED_BY_DISCONNECT']);
    const since = [await accept(paused, inAnHour()), await accept(paused)];
    await letGoHeld();
    expect((await disconnecting).disconnect).toMatchObject({ canceledNotifications: 2, userErrors: [] });
    await expect.poll(() => statusesOf(since), { timeout: 10_000 }).toEqual(['QUEUED', 'DELIVERED']);
    expect(await statusesOf([later])).toEqual(['CANCELED CANCELED_BY_DISCONNECT']);
    expect(await torture.world.slack.postsOf(soon)).toEqual([]);
  },
);
