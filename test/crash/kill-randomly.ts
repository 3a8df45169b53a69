import { setTimeout as pause } from 'node:timers/promises';
import type { Member } from '../support/fleet.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

export interface KillPlan {
  readonly messages: number;
  readonly channels: number;
  readonly kills: number;
}

/** Kills random processes at random moments while messages come in, each to be started again at once. */
const killAll = async (torture: Torture, kills: number): Promise<void> => {
  const { chance, fleet } = torture;
  const restarts: Promise<unknown>[] = [];
  const down = new Set<Member>();
  for (let done = 0; done < kills; done += 1) {
    await pause(chance.between(150, 900));
    const member = chance.pick(fleet.members.filter((each) => !down.has(each)));
    down.add(member);
    await member.kill();
    restarts.push(member.start().then(() => down.delete(member)));
    while (down.size >= fleet.members.length) await Promise.race(restarts.splice(0, 1));
  }
  await Promise.all(restarts);
};

/** kill -9 of random processes, of mixed roles, with the simulated Slack and its ledger outside. */
export const killRandomly = async (name: string, { messages, channels, kills }: KillPlan): Promise<string> => {
  const chance = chanceOf(name);
  const roles = chance.pick([
    ['api', 'delivery', 'delivery'],
    ['all', 'all', 'all'],
    ['all', 'api', 'delivery'],
  ] as const);
  const torture = await Torture.start({ chance, roles, channels, latencyMs: 150 });
  try {
    const sending = torture.sendAll(1, messages, { spreadMs: kills * 1200 });
    await Promise.all([sending, killAll(torture, kills)]);
    const restMs = await torture.untilAtRest(30_000);
    return `${roles.join('+')}: ${await torture.expectClean()}; at rest ${restMs} ms after the last restart`;
  } finally {
    await torture.stop();
  }
};
