import { afterEach, expect, test } from 'vitest';
import { SendNotificationDocument, type SendNotificationInput } from '../generated/graphql.ts';
import { Caller } from '../support/caller.ts';
import type { Member } from '../support/fleet.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;
afterEach(() => torture.stop());

/** One that polls at that moment claims the message by its next claim: it takes some to be sure of one that does not. */
const VICTIMS = 6;
/** Without them the code runs for the first time, for so long that a poll is under way at any time. */
const WARM_UPS = 5;
const CLAIMED_AT_ONCE = `
  select from delivery_attempts attempt join notifications n on n.id = attempt.notification_id
  where attempt.outcome = 'IN_FLIGHT' and attempt.started_at = n.created_at`;
/** As short as a takeover can be. */
const env = { SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1', LEASE_SECONDS: '3' };

/** It dies of its claim, or another process delivers the message before it claims anything. */
const untilOver = async (victim: Member): Promise<void> => {
  await Promise.race([victim.exited(), torture.untilAtRest(30_000)]);
  await victim.kill();
};

/** Sends by a process that dies once it has claimed; whether it did so by the transaction that stored it. */
const dieOf = async (input: SendNotificationInput, known: SendNotificationInput): Promise<boolean> => {
  const { fleet, desk, world } = torture;
  const victim = await fleet.add('all', { HELIOGRAPH_FAILPOINTS: 'after-claim=kill' });
  const caller = new Caller(victim.url, desk.admin.userId, desk.admin.token);
  for (let time = 0; time < WARM_UPS; time += 1) await caller.run(SendNotificationDocument, { input: known });
  const [answer] = await Promise.allSettled([caller.run(SendNotificationDocument, { input })]);
  await untilOver(victim);
  const isAtOnce = (await world.database.query(CLAIMED_AT_ONCE)).length > 0;
  if (isAtOnce) expect(answer.status).toBe('rejected');
  return isAtOnce;
};

test(
  'a send that was stored and claimed at once by a process that then died is found by its repeat and delivered once',
  { timeout: 90_000 },
  async () => {
    const roles = ['api', 'delivery'] as const;
    torture = await Torture.start({ chance: chanceOf('killed at once'), roles, channels: VICTIMS, env });
    const inputs = torture.channels.map((channelId, number) => torture.message(number, { channelId }));
    const [known, ...others] = inputs as [SendNotificationInput, ...SendNotificationInput[]];
    await torture.send(known);
    await torture.untilAtRest(30_000);
    const tried: SendNotificationInput[] = [];
    let isAtOnce = false;
    for (const input of others) {
      tried.push(input);
      isAtOnce = await dieOf(input, known);
      if (isAtOnce) break;
    }
    expect(isAtOnce).toBe(true);
    // Who got no answer repeats, and is given what was stored.
    for (const input of tried) await torture.send(input);
    await torture.untilAtRest(30_000);
    process.stdout.write(`killed at once, by message ${tried.length}: ${await torture.expectClean()}\n`);
  },
);

test(
  'what was posted by a process that then died is found, though Slack has posting paused for its team meanwhile',
  { timeout: 90_000 },
  async () => {
    torture = await Torture.start({ chance: chanceOf('killed in a pause'), roles: ['api'], channels: 1, env });
    const { fleet, world } = torture;
    const victim = await fleet.add('delivery', { HELIOGRAPH_FAILPOINTS: 'after-slack-answer=kill' });
    await torture.send(torture.message(0));
    await victim.exited();
    // As if two other channels had been told to wait.
    await world.database.query(`update delivery_teams set posting_paused_until = now() + interval '1 hour'`);
    await fleet.add('delivery');
    await torture.untilAtRest(30_000);
    process.stdout.write(`killed in a pause: ${await torture.expectClean()}\n`);
  },
);
