import { describe, expect, test } from 'vitest';
import { destroySockets } from '../load/live-destruction.ts';
import { fanOut } from '../load/live-fanout.ts';
import { holdIdle } from '../load/live-idle.ts';
import { seeElsewhere } from '../load/live-latency.ts';
import { pauseOne } from '../load/live-paused.ts';
import { killServer } from '../load/live-restart.ts';
import { chanceOf } from '../support/seeded.ts';

const LONG = { timeout: 600_000 };

describe('live status for many', () => {
  test('300 clients, 5,000 changes and 200 destroyed sockets a round: every change once, in order', LONG, async () => {
    const name = 'live: 300 clients, 200 destructions a round';
    await destroySockets(name, chanceOf(name), { clients: 300, changes: 5000, destructions: 200, rounds: 3 });
  });

  test('100,000 changes past a paused socket: 64 MiB at most, and the others hardly later', LONG, async () => {
    const name = 'live: a paused socket, long';
    const plan = { warmUp: 20_000, changes: 100_000, others: 10, slice: 100, everyMs: 50 };
    const { growthMiB, lagRatio } = await pauseOne(name, chanceOf(name), plan);
    expect(growthMiB).toBeLessThan(64);
    expect(lagRatio).toBeLessThan(1.5);
  });

  test.each([
    ['in bursts', { changes: 200, slice: 100 }],
    ['one by one', { changes: 100, slice: 1 }],
  ])('1,000 subscribers of one document hear at half the speed of bare broadcasting, %s', LONG, async (how, plan) => {
    const { speed, cpu } = await fanOut(`live: fan-out ${how}`, { ...plan, subscribers: 1000, rounds: 5 });
    expect(speed).toBeGreaterThan(0.5);
    expect(cpu).toBeGreaterThan(0.5);
  });

  test('10,000 idle subscriptions hold 24 KiB each at most', LONG, async () => {
    expect(await holdIdle('live: 10,000 idle', 10_000)).toBeLessThan(24);
  });

  test('a server that is killed with 2,000 subscriptions open has all back within 30 s', LONG, async () => {
    const name = 'live: a killed server, long';
    const plan = { clients: 2000, changesBefore: 100, changesMeanwhile: 100 };
    expect(await killServer(name, chanceOf(name), plan)).toBeLessThan(30);
  });

  test('a change of one process is told by another within 300 ms, in 95 of 100 cases', LONG, async () => {
    const name = 'live: from one process to another, long';
    expect(await seeElsewhere(name, chanceOf(name), 500)).toBeLessThan(300);
  });
});
