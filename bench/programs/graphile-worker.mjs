// graphile-worker as its page about performance says: a local queue, and completions in batches.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { obey, settings } from './obey.mjs';
import { poster } from './slack-post.mjs';

const { concurrency, databaseUrl } = settings;
const post = poster(settings);
const pgPool = new pg.Pool({ connectionString: databaseUrl, max: concurrency + 1 });
pgPool.on('error', () => {});
const logger = new Logger(() => (level, message) => {
  if (level === 'error') process.stderr.write(`${message}\n`);
});
const utils = await makeWorkerUtils({ pgPool, logger });
await utils.migrate();

const preset = {
  worker: {
    concurrentJobs: concurrency,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  },
};

async function untilDone() {
  for (;;) {
    const { rows } = await pgPool.query('select count(*)::int as count from graphile_worker.jobs');
    if (rows[0].count === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

obey(
  {
    async fill(jobs) {
      for (let from = 0; from < jobs.length; from += 5000)
        await utils.addJobs(
          jobs.slice(from, from + 5000).map((payload) => ({ identifier: 'notify', payload, maxAttempts: 10 })),
        );
    },
    async work() {
      const runner = await run({
        preset,
        pgPool,
        logger,
        noHandleSignals: true,
        taskList: { notify: (job) => post(job) },
      });
      await untilDone();
      await runner.stop();
    },
  },
  () => utils.release(),
);
