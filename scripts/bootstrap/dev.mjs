// `npm run dev`: builds and restarts the server whenever a source changes; a broken build leaves the running server alone.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { startProgram } from './supervise.mjs';

const SETTLE_MS = 150;
const WATCHED = ['src', 'simulator', 'migrations', 'playground', 'admin'];

function onChange(root, changed) {
  let timer;
  const notice = (_event, file) => {
    if (file && /\.test\.tsx?$/.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed(), SETTLE_MS);
  };
  const present = WATCHED.map((folder) => path.join(root, folder)).filter((folder) => fs.existsSync(folder));
  const watchers = present.map((folder) => fs.watch(folder, { recursive: true }, notice));
  return () => watchers.forEach((watcher) => watcher.close());
}

/** Ends with the server, unless the server ended because a change asked for a new one. */
export async function runDev(context, serve, say) {
  let restarting = false;
  let stopped = false;
  let server;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (stopped = true));
  const rebuild = async () => {
    try {
      await ensureBuilt(context, say);
    } catch (error) {
      return say(error.message);
    }
    restarting = true;
    server.child.kill('SIGTERM');
  };
  let queue = Promise.resolve();
  const stopWatching = onChange(context.root, () => (queue = queue.then(rebuild)));
  for (;;) {
    restarting = false;
    server = startProgram(serve.file, serve.args, serve.options);
    const code = await server.exited;
    if (restarting && !stopped) continue;
    stopWatching();
    return code;
  }
}
