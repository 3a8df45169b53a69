import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADVISORY_LOCKS } from '../../src/platform/advisory-locks.ts';
import { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start({ env: { HELIOGRAPH_ROLE: 'api' } });
});
afterAll(() => world.stop());

test('a process starts while another is frozen over everything that one process does at a time', async () => {
  const frozen = new pg.Client({ connectionString: world.database.url });
  await frozen.connect();
  const { MOVER, COUNTS, RETENTION } = ADVISORY_LOCKS;
  await frozen.query('select pg_advisory_lock(id) from unnest($1::bigint[]) id', [[MOVER, COUNTS, RETENTION]]);
  const url = await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  await frozen.end();
});
