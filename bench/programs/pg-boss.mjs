// pg-boss as its documentation says for much work: batches, fetched on without a pause while they come back full.
import { PgBoss } from 'pg-boss';
import { obey, settings } from './obey.mjs';
import { poster } from './slack-post.mjs';

const QUEUE = 'notifications';
const POLL_SECONDS = 0.5;

const post = poster(settings);
const boss = new PgBoss({ connectionString: settings.databaseUrl, max: 20, supervise: false, schedule: false });
boss.on('error', (error) => process.stderr.write(`${error}\n`));
await boss.start();
await boss.createQueue(QUEUE);
let expected = 0;

const worksOn = { batchSize: settings.batch, pollingIntervalSeconds: POLL_SECONDS, burstWhenBatchFull: true };

/** Until what was filled in is done: completed in the database, not only sent. */
async function untilDone() {
  for (;;) {
    const { rows } = await boss
      .getDb()
      .executeSql(`select count(*)::int as count from pgboss.job where name = $1 and state < 'completed'`, [QUEUE]);
    if (rows[0].count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

obey(
  {
    async fill(jobs) {
      expected = jobs.length;
      for (let from = 0; from < jobs.length; from += 5000)
        await boss.insert(
          QUEUE,
          jobs.slice(from, from + 5000).map((data) => ({ data })),
        );
    },
    async work() {
      const options = { ...worksOn, localConcurrency: settings.concurrency / settings.batch };
      await boss.work(QUEUE, options, (jobs) => Promise.all(jobs.map(({ data }) => post(data))).then(() => undefined));
      await untilDone();
      await boss.offWork(QUEUE);
      return expected;
    },
  },
  () => boss.stop({ graceful: false }),
);
