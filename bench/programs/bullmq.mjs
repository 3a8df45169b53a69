// BullMQ with one worker of so many jobs at once; Redis writes each command through to its log before it answers.
import { Queue, Worker } from 'bullmq';
import { obey, settings } from './obey.mjs';
import { poster } from './slack-post.mjs';

const QUEUE = 'notifications';
const post = poster(settings);
const connection = { host: '127.0.0.1', port: settings.redisPort, maxRetriesPerRequest: null };
const queue = new Queue(QUEUE, { connection, defaultJobOptions: { removeOnComplete: true, attempts: 10 } });
await queue.waitUntilReady();
let expected = 0;

obey({
  async fill(jobs) {
    expected = jobs.length;
    for (let from = 0; from < jobs.length; from += 2000)
      await queue.addBulk(jobs.slice(from, from + 2000).map((data) => ({ name: 'notify', data })));
  },
  async work() {
    let done = 0;
    const worker = new Worker(QUEUE, async ({ data }) => void (await post(data)), {
      connection,
      concurrency: settings.concurrency,
    });
    await new Promise((resolve, reject) => {
      worker.on('completed', () => {
        done += 1;
        if (done === expected) resolve();
      });
      worker.on('failed', (_job, error) => reject(error));
    });
    await worker.close();
  },
});
