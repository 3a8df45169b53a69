// The server where sendNotification is a job of graphile-worker.
import { Logger, makeWorkerUtils } from 'graphile-worker';
import pg from 'pg';
import { replaceSend } from './replace-send.mjs';

const pgPool = new pg.Pool({
  connectionString: process.env.BENCH_QUEUE_URL,
  max: Number(process.env.DATABASE_POOL_MAX),
});
pgPool.on('error', () => {});
const utils = await makeWorkerUtils({ pgPool, logger: new Logger(() => () => {}) });
await utils.migrate();

replaceSend(({ channelId, text }) => utils.addJob('notify', { channel: channelId, text }));
await import('../../src/main.ts');
