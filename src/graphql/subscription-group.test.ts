import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../simulator/random.ts';
import { GroupReader } from '../../test/support/group-reader.ts';
import { NOTHING, TinyLog, type TinyEvent } from '../../test/support/tiny-log.ts';
import { SharedEvents } from './shared-log.ts';
import { SubscriptionGroup } from './subscription-group.ts';

class Fixture {
  readonly executed: number[] = [];
  ends = 0;
  readonly group: SubscriptionGroup<TinyEvent, number>;

  constructor(
    readonly log = new TinyLog(),
    turns: () => number = () => 1,
  ) {
    const render = async (event: TinyEvent): Promise<string> => {
      this.executed.push(event.place);
      for (let turn = turns(); turn > 0; turn -= 1) await nextTurn();
      return `${event.place}`;
    };
    this.group = new SubscriptionGroup(log, render, () => (this.ends += 1));
  }

  /** Somebody who may see events of these kinds, from a place on. */
  reader(from = this.log.events.length, kinds = 'ab'): GroupReader {
    const audience = { key: kinds, concerns: ({ kind }: TinyEvent) => kinds.includes(kind) };
    return new GroupReader(this.group as never, new SharedEvents(this.log, from, audience));
  }
}

const placesOf = ({ got }: GroupReader): number[] =>
  got.map((message) => (JSON.parse(message) as { payload: number }).payload);

test('an event is executed once for all who may see it, and not at all where nobody may', async () => {
  const { log, reader, executed } = bound(new Fixture());
  const readers = [reader(0, 'a'), reader(0, 'a'), reader(0, 'ab')];
  log.append('a', 'b', 'c', 'a');
  expect(await Promise.all(readers.map((one) => one.take(2)))).toEqual([
    [1, 4],
    [1, 4],
    [1, 2],
  ]);
  expect(executed).toEqual([1, 2, 4]);
});

test('every message carries the id of its own subscription, and the payload as it is', async () => {
  const { log, reader } = bound(new Fixture());
  const one = reader();
  log.append('a');
  await one.take(1);
  expect(one.got).toEqual(['{"id":"me","type":"next","payload":1}']);
});

test('whoever comes late reads from the log what the group has passed already', async () => {
  const { log, reader } = bound(new Fixture());
  const early = reader();
  log.append(...'aaaaa');
  await early.take(5);
  const late = reader(2);
  log.append('a');
  expect(await late.take(4)).toEqual([3, 4, 5, 6]);
  expect(await early.take(1)).toEqual([6]);
});

test('those who catch up at the same time share what is executed for them, and nothing is kept after them', async () => {
  const log = new TinyLog();
  log.append(...'a'.repeat(120));
  const { reader, executed } = bound(new Fixture(log));
  const many = Array.from({ length: 30 }, (_, index) => reader(index % 3));
  for (const [index, one] of many.entries()) await one.take(120 - (index % 3));
  await nextTurn();
  expect(executed.toSorted((x, y) => x - y)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
  await reader(118).take(2);
  expect(executed.slice(120)).toEqual([119, 120]);
});

test('whoever does not read falls out, buffers no more than its socket holds, and comes back without a gap', async () => {
  const { log, reader } = bound(new Fixture());
  const [slow, quick] = [reader(), reader()];
  slow.pause();
  for (let round = 0; round < 100; round += 1) {
    log.append(...'aaaaaaaaaa');
    await quick.take(10);
  }
  expect(slow.mostBuffered).toBe(10);
  slow.resume();
  log.append('a');
  await slow.take(1001);
  expect(placesOf(slow)).toEqual(Array.from({ length: 1001 }, (_, index) => index + 1));
});

describe('how it ends', () => {
  test('whoever leaves while the log is read for them has left at once, and is told nothing of it', async () => {
    const { log, reader } = bound(new Fixture());
    log.append('a', 'a');
    const release = log.hold();
    const one = reader(0);
    await one.leave();
    await one.ended;
    release();
    await nextTurn();
    expect(one.got).toEqual([]);
  });

  test('a completion reaches every member once it has everything', async () => {
    const { log, reader } = bound(new Fixture());
    const [one, other, late] = [reader(), reader(), reader(0)];
    other.pause();
    log.append(...'a'.repeat(30));
    log.end();
    await one.ended;
    other.resume();
    await Promise.all([other.ended, late.ended]);
    for (const each of [one, other, late]) expect(placesOf(each)).toHaveLength(30);
  });

  test('an error reaches every member', async () => {
    const { log, reader, fixture } = bound(new Fixture());
    const readers = [reader(), reader(), reader()];
    log.append('a');
    await readers[0]?.take(1);
    log.end(new Error('gone'));
    for (const one of readers) await expect(one.ended).rejects.toThrow('gone');
    expect([fixture.ends, log.followers]).toEqual([1, 0]);
  });

  test('what breaks for one member ends that one alone', async () => {
    const { log, reader } = bound(new Fixture());
    log.append(...'aaa');
    const [old, fresh] = [reader(1), reader(3)];
    await old.take(2);
    log.brokenAt = 4;
    const after = reader(4);
    log.append('a', 'a');
    await expect(old.ended).rejects.toThrow('broken');
    await expect(fresh.ended).rejects.toThrow('broken');
    expect(await after.take(1)).toEqual([5]);
  });

  test('a break that nothing comes after ends who is from before it, behind or not, and nobody else', async () => {
    const { log, reader } = bound(new Fixture());
    log.append(...'aaa');
    const [quick, slow, fresh] = [reader(2), reader(2), reader(4)];
    slow.pause();
    await quick.take(1);
    log.brokenAt = 4;
    log.append(NOTHING);
    await expect(quick.ended).rejects.toThrow('broken');
    await expect(slow.ended).rejects.toThrow('broken');
    log.append('a');
    expect(await fresh.take(1)).toEqual([5]);
  });

  test('one that leaves while its socket is full ends at once', async () => {
    const { log, reader } = bound(new Fixture());
    const [slow, quick] = [reader(), reader()];
    slow.pause();
    log.append(...'a'.repeat(30));
    await quick.take(30);
    await slow.leave();
    await slow.ended;
  });

  test('one that leaves does not end the others, the last one does', async () => {
    const { log, reader, fixture } = bound(new Fixture());
    const [one, other] = [reader(), reader()];
    await one.leave();
    log.append('a');
    await other.take(1);
    expect([one.got, fixture.ends]).toEqual([[], 0]);
    await other.leave();
    await other.leave();
    await Promise.all([one.ended, other.ended]);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect([fixture.ends, log.followers]).toEqual([1, 0]);
  });
});

/** What a test does to its readers, and how many turns everything else takes meanwhile. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), kinds: fc.stringMatching(/^[abc]{1,60}$/) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      back: fc.nat(80),
      kinds: fc.constantFrom('a', 'ab', 'b'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat(12) }) },
);

test('whatever comes, pauses and leaves when: every reader gets what it may see once, in order, without a gap', async () => {
  const schedule = fc.record({ seed: fc.nat(), steps: fc.array(step, { minLength: 5, maxLength: 60 }) });
  await fc.assert(
    fc.asyncProperty(schedule, async ({ seed, steps }) => {
      const chance = seededRandom(seed);
      const turns = (): number => Math.floor(chance() * 4);
      const { log, reader, executed } = bound(new Fixture(new TinyLog(turns), turns));
      const all: { reader: GroupReader; from: number; kinds: string }[] = [];
      // Keeps the group alive whoever leaves.
      const witness = reader(0, 'ab');
      const open = [];
      for (const now of steps) {
        if (now.do === 'append') log.append(...now.kinds);
        if (now.do === 'wait') for (let turn = 0; turn < now.turns; turn += 1) await nextTurn();
        if (now.do === 'join') {
          const from = Math.max(log.events.length - now.back, 0);
          all.push({ reader: reader(from, now.kinds), from, kinds: now.kinds });
          open.push(all.at(-1));
        }
        if ('which' in now && open.length > 0) {
          const index = now.which % open.length;
          if (now.do === 'leave') await open.splice(index, 1)[0]?.reader.leave();
          else open[index]?.reader[now.do]();
        }
      }
      for (const one of open) one?.reader.resume();
      log.append('a', 'b');
      log.end();
      await Promise.all([witness.ended, ...all.map((one) => one.reader.ended)]);
      for (const one of all) {
        const visible = log.events.filter(({ place, kind }) => place > one.from && one.kinds.includes(kind));
        const expected = visible.map(({ place }) => place);
        const whole = open.includes(one) ? expected : expected.slice(0, one.reader.got.length);
        expect(placesOf(one.reader)).toEqual(whole);
        expect(one.reader.mostBuffered).toBeLessThanOrEqual(10);
      }
      expect(executed.length).toBeGreaterThan(0);
    }),
    // One that never ends is a counterexample as well.
    { numRuns: 500, timeout: 5_000 },
  );
});

/** The parts of a fixture that tests name all the time. */
function bound(fixture: Fixture) {
  return {
    fixture,
    log: fixture.log,
    executed: fixture.executed,
    reader: (from?: number, kinds?: string) => fixture.reader(from, kinds),
  };
}
