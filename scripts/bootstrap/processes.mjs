// Questions about other processes. Exact on Linux (through /proc), best effort elsewhere.
import fs from 'node:fs';

/** `[pid, state, parent pid, …]` of /proc/PID/stat; the command name may hold spaces and brackets, so cut behind its last one. */
function readStat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], parent: Number(fields[1]), startTime: fields[19] };
  } catch {
    return undefined;
  }
}

function answersSignals(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** A name that no later process with the same number shares (where /proc tells when a process started). */
export function identify(pid) {
  const startTime = readStat(pid)?.startTime;
  return startTime === undefined ? String(pid) : `${pid}:${startTime}`;
}

export function isAlive(identity) {
  const [pid, startTime] = identity.split(':');
  const stat = readStat(pid);
  if (stat) return stat.state !== 'Z' && (startTime === undefined || stat.startTime === startTime);
  return startTime === undefined && answersSignals(Number(pid));
}

/** What is compared when nobody can read /proc of another user. */
function readText(file) {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}

function workingFolder(pid) {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

/** Living processes that belong to `folder`: they work in it, name it in their command, or inherited it in their environment. */
export function processesOf(folder) {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const name of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const command = readText(`/proc/${name}/cmdline`);
    const traces = [command, workingFolder(name), readText(`/proc/${name}/environ`)];
    if (traces.some((trace) => trace.includes(folder)) && isAlive(name)) {
      found.push({ pid: Number(name), command: command.replaceAll('\0', ' ').trim() });
    }
  }
  return found;
}

const ANCESTOR_CHECK_MS = 250;

/**
 * Calls `gone` once when npm, or the shell that npm put in between, has died.
 * Neither can say goodbye after a kill -9; what remains visible is that their children get another parent.
 */
export function watchAncestors(gone) {
  if (process.env.npm_lifecycle_event === undefined) return () => {};
  const parent = process.ppid;
  const isShell = readText(`/proc/${parent}/cmdline`).includes('bootstrap.mjs');
  const grandparent = isShell ? readStat(parent)?.parent : undefined;
  const timer = setInterval(() => {
    const kept = process.ppid === parent && (grandparent === undefined || readStat(parent)?.parent === grandparent);
    if (kept) return;
    clearInterval(timer);
    gone();
  }, ANCESTOR_CHECK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
