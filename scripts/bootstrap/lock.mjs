// One installs or builds at a time, however many `npm start` and `npm test` run in this folder.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive } from './processes.mjs';

const RETRY_MS = 100;
const UNNAMED_GRACE_MS = 10_000; // between mkdir and the owner's name a lock has no owner yet

function ageMs(folder) {
  try {
    return Date.now() - fs.statSync(folder).mtimeMs;
  } catch {
    return 0;
  }
}

function isAbandoned(folder) {
  try {
    const owners = JSON.parse(fs.readFileSync(path.join(folder, 'owners'), 'utf8'));
    return !owners.some(isAlive);
  } catch {
    return ageMs(folder) > UNNAMED_GRACE_MS;
  }
}

/** Two waiting processes may both see an abandoned lock; without the guard the slower one would remove the faster one's new lock. */
function clearAbandoned(folder) {
  const guard = `${folder}.clearing`;
  try {
    fs.mkdirSync(guard);
  } catch {
    if (ageMs(guard) > UNNAMED_GRACE_MS) fs.rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (isAbandoned(folder)) fs.rmSync(folder, { recursive: true, force: true });
  } finally {
    fs.rmSync(guard, { recursive: true, force: true });
  }
}

function writeOwners(folder, owners) {
  const draft = path.join(folder, `owners.${process.pid}`);
  fs.writeFileSync(draft, JSON.stringify(owners));
  fs.renameSync(draft, path.join(folder, 'owners'));
}

function tryTake(folder) {
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeOwners(folder, [identify(process.pid)]);
  return true;
}

/**
 * Runs `work(own)` while holding the lock. `own(pid)` adds a child that outlives a killed owner (npm does):
 * the lock is free only when all of its owners are gone.
 */
export async function withLock(folder, onWait, work) {
  let waited = false;
  while (!tryTake(folder)) {
    if (isAbandoned(folder)) {
      clearAbandoned(folder);
      continue;
    }
    if (!waited) onWait();
    waited = true;
    await sleep(RETRY_MS);
  }
  try {
    return await work((pid) => writeOwners(folder, [identify(process.pid), identify(pid)]));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
