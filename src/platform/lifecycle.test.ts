import { describe, expect, test } from 'vitest';
import { Loop, Stops } from './lifecycle.ts';

describe('Stops', () => {
  test('run in reverse, each once, however often stop is called', async () => {
    const order: string[] = [];
    const stops = new Stops(() => undefined);
    for (const name of ['database', 'worker', 'http']) stops.add(name, () => void order.push(name));
    await Promise.all([stops.stop(), stops.stop()]);
    await stops.stop();
    expect(order).toEqual(['http', 'worker', 'database']);
  });

  test('wait for each before the next', async () => {
    const order: string[] = [];
    const stops = new Stops(() => undefined);
    stops.add('first', () => void order.push('first'));
    stops.add('second', async () => {
      await Promise.resolve();
      order.push('second');
    });
    await stops.stop();
    expect(order).toEqual(['second', 'first']);
  });

  test('one that fails is reported and keeps no other from running', async () => {
    const failed: string[] = [];
    const stopped: string[] = [];
    const stops = new Stops((name, error) => failed.push(`${name}: ${String(error)}`));
    stops.add('a', () => void stopped.push('a'));
    stops.add('b', () => {
      throw new Error('stuck');
    });
    stops.add('c', () => Promise.reject(new Error('lost')));
    await stops.stop();
    expect(stopped).toEqual(['a']);
    expect(failed).toEqual(['c: Error: lost', 'b: Error: stuck']);
  });

  test('tell every job to stop before anything else is stopped, and wait for each at its turn', async () => {
    const order: string[] = [];
    const stops = new Stops(() => undefined);
    const answered = Promise.withResolvers<void>();
    const job = (name: string) => ({
      stop: async () => {
        order.push(`${name} told`);
        await answered.promise;
        order.push(`${name} ended`);
      },
    });
    stops.add('database', () => void order.push('database'));
    stops.addJob('checks', job('checks'));
    stops.addJob('sends', job('sends'));
    stops.add('http', () => {
      order.push('http');
      answered.resolve();
    });
    await stops.stop();
    expect(order).toEqual(['checks told', 'sends told', 'http', 'checks ended', 'sends ended', 'database']);
  });

  test('a job that fails is reported once and keeps nothing else from being stopped', async () => {
    const failed: string[] = [];
    const stopped: string[] = [];
    const stops = new Stops((name, error) => failed.push(`${name}: ${String(error)}`));
    stops.add('database', () => void stopped.push('database'));
    stops.addJob('checks', { stop: () => Promise.reject(new Error('lost')) });
    stops.add('http', () => void stopped.push('http'));
    await stops.stop();
    expect(stopped).toEqual(['http', 'database']);
    expect(failed).toEqual(['checks: Error: lost']);
  });

  test('nothing to stop is stopped at once', async () => {
    await expect(new Stops(() => undefined).stop()).resolves.toBeUndefined();
  });
});

describe('Loop', () => {
  /** Work that a test sees begin, and that ends when the test says so. */
  const watched = () => {
    let rounds = 0;
    let began: (() => void) | undefined;
    const work = (): Promise<void> => {
      rounds += 1;
      began?.();
      return Promise.resolve();
    };
    const round = (number: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (rounds >= number) resolve();
          else began = look;
        };
        look();
      });
    return { work, round, rounds: () => rounds };
  };

  test('works again when it is woken, long before its pause is over', async () => {
    const { work, round } = watched();
    const loop = new Loop(work, 3_600_000, () => undefined).start();
    await round(1);
    loop.wake();
    await round(2);
    loop.wake();
    await round(3);
    await loop.stop();
  });

  test('begins when it is told to, or as soon as it is woken', async () => {
    const { work, round, rounds } = watched();
    const loop = new Loop(work, 3_600_000, () => undefined).start(3_600_000);
    loop.wake();
    await round(1);
    const woken = new Loop(work, 3_600_000, () => undefined);
    woken.wake();
    woken.start(3_600_000);
    await round(2);
    await Promise.all([loop.stop(), woken.stop()]);
    expect(rounds()).toBe(2);
  });

  test('stopped before it begins, it never does', async () => {
    const { work, rounds } = watched();
    await new Loop(work, 1, () => undefined).start(3_600_000).stop();
    expect(rounds()).toBe(0);
  });

  test('goes on after an error, which it reports', async () => {
    const errors: unknown[] = [];
    const { work, round } = watched();
    let first = true;
    const failing = async (): Promise<void> => {
      await work();
      if (first) {
        first = false;
        throw new Error('once');
      }
    };
    const loop = new Loop(failing, 1, (error) => errors.push(error)).start();
    await round(3);
    await loop.stop();
    expect(errors.map(String)).toEqual(['Error: once']);
  });

  test('pauses as long as the work says', async () => {
    const { work, round } = watched();
    const loop = new Loop(
      () => work().then(() => 0),
      3_600_000,
      () => undefined,
    ).start();
    await round(5);
    await loop.stop();
  });

  test('tells the work that is under way that it is to end', async () => {
    const begun = Promise.withResolvers<void>();
    const inParts = (stopping: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        stopping.addEventListener('abort', () => resolve());
        begun.resolve();
      });
    const loop = new Loop(inParts, 1, () => undefined).start();
    await begun.promise;
    await loop.stop();
  });

  test('stops at the end of the work that is under way, and never works again', async () => {
    let finish: (() => void) | undefined;
    let ended = false;
    const { round, work, rounds } = watched();
    const slow = async (): Promise<void> => {
      await work();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      ended = true;
    };
    const loop = new Loop(slow, 1, () => undefined).start();
    await round(1);
    await Promise.resolve();
    const stopped = loop.stop().then(() => expect(ended).toBe(true));
    loop.wake();
    finish?.();
    await stopped;
    expect(rounds()).toBe(1);
  });
});
