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

/** Ends with the server, unless it ended for a new one: because a change asked for that, or because a build took its files away. */
export async function runDev(context, serve, say) {
  let building = false;
  let restarting = false;
  let stopped = false;
  let server;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (stopped = true));
  const rebuild = async () => {
    building = true;
    try {
      await ensureBuilt(context, say);
    } catch (error) {
      return say(error.message);
    } finally {
      building = false;
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
    // What it loads late was missing meanwhile.
    const endedByBuild = building;
    if (endedByBuild) await queue;
    if ((restarting || endedByBuild) && !stopped) continue;
    stopWatching();
    return code;
  }
}
