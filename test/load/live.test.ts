import { describe, test } from 'vitest';
import { chanceOf } from '../support/seeded.ts';
import { destroySockets } from './live-destruction.ts';
import { seeElsewhere } from './live-latency.ts';
import { killServer } from './live-restart.ts';

// The long forms, with the figures that are to be reached: test/soak/live.soak.ts.
const LONG = { timeout: 90_000 };

describe('live status for many', () => {
  test('clients whose sockets are destroyed again and again get every change once, in order', LONG, async () => {
    const name = 'live: 60 clients, 40 destructions';
    await destroySockets(name, chanceOf(name), { clients: 60, changes: 1000, destructions: 40, rounds: 1 });
  });

  test('a server that is killed with 200 subscriptions open has all of them back, without a gap', LONG, async () => {
    const name = 'live: a killed server';
    await killServer(name, chanceOf(name), { clients: 200, changesBefore: 100, changesMeanwhile: 100 });
  });

  test('a change of one process is told by another', LONG, async () => {
    const name = 'live: from one process to another';
    await seeElsewhere(name, chanceOf(name), 50);
  });
});
