import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;
afterEach(() => torture.stop());

const LIMIT = { timeout: 60_000 };
const OPEN = 50;

/** A process with so many sends open that Slack answers only after a while. */
const openSends = async (name: string, slowMs: number) => {
  torture = await Torture.start({
    chance: chanceOf(name),
    roles: ['all'],
    channels: OPEN,
    env: { TEAM_CONCURRENCY: '0', SLACK_TIMEOUT_MS: '8000' },
  });
  await torture.world.slack.fault({
    match: { method: 'chat.postMessage' },
    fault: { type: 'slow', ms: slowMs },
    times: OPEN,
  });
  for (const [number, channelId] of torture.channels.entries())
    await torture.send(torture.message(number, { channelId }));
  const sending = `select from notifications where status = 'SENDING'`;
  while ((await torture.world.database.query(sending)).length < OPEN) await pause(20);
  return torture.fleet.members[0] ?? expect.unreachable();
};

test('SIGTERM with 50 sends open ends with 0 within 15 s, and each of them is stored', LIMIT, async () => {
  const member = await openSends('SIGTERM with 50 sends open', 3000);
  const startedAt = performance.now();
  member.signal('SIGTERM');
  expect(await member.exited()).toBe(0);
  const tookMs = Math.round(performance.now() - startedAt);
  expect(tookMs).toBeLessThan(15_000);
  expect(await torture.waiting()).toBe(0);
  process.stdout.write(`SIGTERM with 50 sends open: ended after ${tookMs} ms; ${await torture.expectClean()}\n`);
});

test('a second SIGTERM ends it at once, and what was open is found when it starts again', LIMIT, async () => {
  const member = await openSends('two SIGTERMs', 6000);
  member.signal('SIGTERM');
  while (!member.lines.some((line) => line.includes('"msg":"stopping"'))) await pause(10);
  const startedAt = performance.now();
  member.signal('SIGTERM');
  await member.exited();
  expect(performance.now() - startedAt).toBeLessThan(2000);
  await member.start();
  const restMs = await torture.untilAtRest(30_000);
  process.stdout.write(`two SIGTERMs: at rest ${restMs} ms after the restart; ${await torture.expectClean()}\n`);
});
