import { test } from 'vitest';
import { crashPostgres } from './crash-postgres.ts';

test(
  'Postgres crashing in flight loses and doubles nothing, and callers are told to repeat',
  { timeout: 120_000 },
  async () => {
    const name = 'Postgres crashing in flight';
    process.stdout.write(`${name}: ${await crashPostgres(name, 120, 2)}\n`);
  },
);
