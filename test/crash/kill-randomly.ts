import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from '../support/fleet.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

export interface KillPlan {
  readonly messages: number;
  readonly channels: number;
  readonly kills: number;
}

const SPREAD_MS = 700;

/** Kills random processes at random moments, each to be started again at once; a share of the messages comes in with every kill. */
const killAll = async (torture: Torture, { messages, kills }: KillPlan): Promise<void> => {
  const { chance, fleet } = torture;
  const down = new Map<Member, Promise<unknown>>();
  const share = Math.ceil(messages / kills);
  const strike = async (): Promise<void> => {
    await pause(chance.between(100, SPREAD_MS));
    const member = chance.pick(fleet.members.filter((each) => !down.has(each)));
    down.set(member, Promise.resolve());
    await member.kill();
    down.set(
      member,
      member.start().finally(() => down.delete(member)),
    );
  };
  for (let done = 0; done < kills; done += 1) {
    if (down.size === fleet.members.length) await Promise.race(down.values());
    const sending = torture.sendAll(done * share + 1, Math.min(messages, (done + 1) * share), { spreadMs: SPREAD_MS });
    await Promise.all([sending, strike()]);
  }
  await Promise.all(down.values());
};

/** kill -9 of random processes, of mixed roles, with the simulated Slack and its ledger outside. */
export const killRandomly = async (name: string, plan: KillPlan): Promise<string> => {
  const chance = chanceOf(name);
  const roles = chance.pick([
    ['api', 'delivery', 'delivery'],
    ['all', 'all', 'all'],
    ['all', 'api', 'delivery'],
  ] as const);
  const torture = await Torture.start({ chance, roles, channels: plan.channels, latencyMs: 150 });
  try {
    await killAll(torture, plan);
    const restMs = await torture.untilAtRest(30_000);
    return `${roles.join('+')}: ${await torture.expectClean()}; at rest ${restMs} ms after the last restart`;
  } finally {
    await torture.stop();
  }
};
