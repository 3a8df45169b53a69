import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Member } from '../support/fleet.ts';
import { chanceOf } from '../support/seeded.ts';
import { Torture } from '../support/torture.ts';

const MINUTE_MS = 60_000;
/** Caches and pools fill, and code is compiled. */
const WARM_MS = 2 * MINUTE_MS;
const LOAD_MS = 10 * MINUTE_MS;
const SAMPLE_EVERY_MS = 10_000;
const MOST_MB_PER_MINUTE = 1;
/** A connection to Slack or to the database more or less is not a leak. */
const MOST_MORE_HANDLES = 15;

interface Report {
  readonly heapUsed: number;
  readonly handles: number;
  readonly files: number;
}

const REPORT_WITHIN_MS = 30_000;

const reportOf = async (member: Member): Promise<Report> => {
  const seen = member.lines.length;
  const startedAt = performance.now();
  member.signal('SIGWINCH');
  for (;;) {
    if (performance.now() - startedAt > REPORT_WITHIN_MS)
      throw new Error(
        `A process of role ${member.role} says nothing of its memory:\n${member.lines.slice(-5).join('\n')}`,
      );
    const line = member.lines.slice(seen).find((each) => each.startsWith('{"heapReport"'));
    if (line !== undefined) return JSON.parse(line) as Report;
    await pause(20);
  }
};

/** By least squares, in units of y for each minute of x. */
const slopePerMinute = (points: readonly { atMs: number; value: number }[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(({ atMs }) => atMs)), mean(points.map(({ value }) => value))];
  const above = points.reduce((sum, { atMs, value }) => sum + (atMs - x) * (value - y), 0);
  const below = points.reduce((sum, { atMs }) => sum + (atMs - x) ** 2, 0);
  return (above / below) * MINUTE_MS;
};

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

test(
  'ten minutes under load leave the heap of each process level, and its handles constant',
  { timeout: WARM_MS + LOAD_MS + 3 * MINUTE_MS },
  async () => {
    const name = 'soak: memory';
    const reporter = path.resolve(import.meta.dirname, '../support/heap-reporter.mjs');
    const torture = await Torture.start({
      chance: chanceOf(name),
      roles: ['api', 'delivery'],
      channels: 20,
      env: { NODE_OPTIONS: `--import=${reporter}` },
    });
    const { world, fleet, desk } = torture;
    await world.slack.config({ keepMessagesPerChannel: 10 });
    const feeds = Array.from({ length: 20 }, () => world.follow(desk.admin, { workspaceId: desk.workspaceId }));
    const samples = fleet.members.map((member) => ({ member, reports: [] as (Report & { atMs: number })[] }));
    const startedAt = performance.now();
    const passedMs = (): number => performance.now() - startedAt;
    const sendOn = async (): Promise<void> => {
      for (let number = 0; passedMs() < WARM_MS + LOAD_MS; number += 1) {
        await torture.send(desk.message({ channelId: torture.chance.pick(torture.channels), text: `soak ${number}` }));
        await pause(50);
      }
    };
    try {
      const sending = Promise.all(Array.from({ length: 3 }, sendOn));
      while (passedMs() < WARM_MS + LOAD_MS) {
        await pause(SAMPLE_EVERY_MS);
        for (const { member, reports } of samples) reports.push({ ...(await reportOf(member)), atMs: passedMs() });
      }
      await sending;
      await torture.untilAtRest(MINUTE_MS);
      for (const { member, reports } of samples) {
        const warm = reports.filter(({ atMs }) => atMs > WARM_MS);
        const slope = slopePerMinute(warm.map(({ atMs, heapUsed }) => ({ atMs, value: heapUsed / 2 ** 20 })));
        const third = Math.floor(warm.length / 3);
        const early = {
          handles: median(warm.slice(0, third).map((one) => one.handles)),
          files: median(warm.slice(0, third).map((one) => one.files)),
        };
        const late = {
          handles: median(warm.slice(-third).map((one) => one.handles)),
          files: median(warm.slice(-third).map((one) => one.files)),
        };
        const heap = warm.map(({ heapUsed }) => Math.round(heapUsed / 2 ** 20));
        process.stdout.write(
          `${name}: ${member.role}: ${torture.accepted.size} sent, heap ${heap[0]} to ${heap.at(-1)} MB, ${slope.toFixed(3)} MB/min; ` +
            `handles ${early.handles} to ${late.handles}, files ${early.files} to ${late.files}\n`,
        );
        expect(slope).toBeLessThanOrEqual(MOST_MB_PER_MINUTE);
        expect(late.handles - early.handles).toBeLessThanOrEqual(MOST_MORE_HANDLES);
        expect(late.files - early.files).toBeLessThanOrEqual(MOST_MORE_HANDLES);
      }
    } finally {
      feeds.length = 0;
      await torture.stop();
    }
  },
);
