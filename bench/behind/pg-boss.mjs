// The server where sendNotification is a job of pg-boss.
import { PgBoss } from 'pg-boss';
import { replaceSend } from './replace-send.mjs';

const QUEUE = 'notifications';
const boss = new PgBoss({
  connectionString: process.env.BENCH_QUEUE_URL,
  max: Number(process.env.DATABASE_POOL_MAX),
  supervise: false,
  schedule: false,
});
boss.on('error', (error) => process.stderr.write(`${error}\n`));
await boss.start();
await boss.createQueue(QUEUE);

replaceSend(({ channelId, text }) => boss.send(QUEUE, { channel: channelId, text }));
await import('../../src/main.ts');
