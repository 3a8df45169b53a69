import { afterEach, expect, test } from 'vitest';
import { SendNotificationDocument } from '../generated/graphql.ts';
import { Caller } from '../support/caller.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

let torture: Torture;
afterEach(() => torture.stop());

/** One that polls at that moment claims the message by its next claim: of three one does not. */
const VICTIMS = 3;
const CLAIMED_AT_ONCE = `
  select from delivery_attempts attempt join notifications n on n.id = attempt.notification_id
  where attempt.outcome = 'IN_FLIGHT' and attempt.started_at = n.created_at`;
/** As short as a takeover can be. */
const env = { SLACK_TIMEOUT_MS: '1000', CONFIRM_SETTLE_SECONDS: '1', LEASE_SECONDS: '3' };

test(
  'a send that was stored and claimed at once by a process that then died is found by its repeat and delivered once',
  { timeout: 60_000 },
  async () => {
    torture = await Torture.start({ chance: chanceOf('killed at once'), roles: ['api'], channels: VICTIMS, env });
    const { fleet, desk, channels, world } = torture;
    const victims = await Promise.all(
      channels.map(() => fleet.add('all', { HELIOGRAPH_FAILPOINTS: 'after-claim=kill' })),
    );
    const inputs = channels.map((channelId, number) => torture.message(number, { channelId }));
    const answers = await Promise.allSettled(
      victims.map(({ url }, number) =>
        new Caller(url, desk.admin.userId, desk.admin.token).run(SendNotificationDocument, {
          input: inputs[number] as (typeof inputs)[number],
        }),
      ),
    );
    await Promise.race(victims.map((victim) => victim.exited()));
    await Promise.all(victims.map((victim) => victim.kill()));
    expect(answers.some(({ status }) => status === 'rejected')).toBe(true);
    expect(await world.database.query(CLAIMED_AT_ONCE)).not.toEqual([]);
    // Who got no answer repeats, and is given what was stored.
    for (const input of inputs) await torture.send(input);
    await fleet.add('delivery');
    await torture.untilAtRest(30_000);
    process.stdout.write(`killed at once: ${await torture.expectClean()}\n`);
  },
);
