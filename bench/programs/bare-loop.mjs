// The limit: posts by @slack/web-api, so many at once, from memory. Nothing is kept, retried, paced or ordered.
import { inParallel, obey, settings } from './obey.mjs';
import { poster } from './slack-post.mjs';

const post = poster(settings);
let jobs = [];

obey({
  fill: (wanted) => void (jobs = wanted),
  work: () => inParallel(jobs.length, settings.concurrency, (number) => post(jobs[number])),
});
