import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { CancelNotificationDocument, DisconnectDocument } from '../generated/graphql.ts';
import { openDesk } from '../support/desk.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';
import { send } from '../support/world.ts';

let torture: Torture;
afterEach(() => torture.stop());

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
