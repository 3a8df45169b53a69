// The server where sendNotification stores one row of two columns, by the same batches: the least that a durable answer costs.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Batcher } from '../../src/platform/batcher.ts';
import { replaceSend } from './replace-send.mjs';

const pool = new pg.Pool({
  connectionString: process.env.BENCH_QUEUE_URL,
  max: Number(process.env.DATABASE_POOL_MAX),
});
pool.on('error', () => {});
await pool.query('create table if not exists one_row (id uuid primary key, message json not null)');

const INSERT = {
  name: 'one_row_insert',
  text: `insert into one_row select given.id, given.message from json_to_recordset($1::json) as given(id uuid, message json)`,
};

async function insert(rows) {
  const client = await pool.connect();
  try {
    // Sent at once, as the server sends its own.
    await Promise.all([
      client.query('begin'),
      client.query({ ...INSERT, values: [JSON.stringify(rows)] }),
      client.query('commit'),
    ]);
    return rows;
  } finally {
    client.release();
  }
}

const batcher = new Batcher(insert, { maxBatch: 200, maxInFlight: 2, maxWaiting: 5000 });

replaceSend((message) => batcher.add({ id: randomUUID(), message }));
await import('../../src/main.ts');
