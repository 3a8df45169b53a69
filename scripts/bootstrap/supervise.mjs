// Runs one program to its end as if it were this process: signals, exit code, and no survivor when this process dies.
import { spawn } from 'node:child_process';
import { watchAncestors } from './processes.mjs';

const DUPLICATE_SIGNAL_MS = 1000;
const STOP_GRACE_MS = 20_000;
const SIGNAL_EXIT_BASE = 128;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
const isWindows = process.platform === 'win32';

/** A terminal's Ctrl-C arrives here from the terminal and from npm: passed on once, and again only when somebody insists later. */
function forwardSignals(child) {
  let last = -Infinity;
  const forward = (signal) => {
    if (performance.now() - last < DUPLICATE_SIGNAL_MS) return;
    last = performance.now();
    child.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  return () => signals.forEach((signal) => process.off(signal, forward));
}

export function killGroup(pid) {
  try {
    process.kill(isWindows ? pid : -pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}

function stopWithAncestors(child) {
  return watchAncestors(() => {
    child.kill('SIGTERM');
    setTimeout(() => killGroup(child.pid), STOP_GRACE_MS).unref();
  });
}

/**
 * The child sits in a process group of its own, so a terminal's Ctrl-C reaches it through us alone. It holds the far end
 * of a pipe as its stdin: when this process dies in any way, kill -9 too, the pipe closes and the child stops by itself.
 */
export function startProgram(file, args, { cwd, env }) {
  const child = spawn(file, args, {
    cwd,
    env: { ...env, HELIOGRAPH_EXIT_WITH_PARENT: '1' },
    stdio: ['pipe', 'inherit', 'inherit'],
    detached: !isWindows,
  });
  child.stdin.on('error', () => {});
  const stopForwarding = forwardSignals(child);
  const stopWatching = stopWithAncestors(child);
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? SIGNAL_EXIT_BASE + (SIGNAL_NUMBERS[signal] ?? 0)));
  }).finally(() => {
    stopForwarding();
    stopWatching();
  });
  return { child, exited };
}

/** Runs a tool that ends by itself and keeps its output for the case that it fails. */
export function runQuietly(file, args, { cwd, env, onStart }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: !isWindows });
    const kill = () => killGroup(child.pid);
    const stopWatching = watchAncestors(() => {
      kill();
      process.exit(1);
    });
    const interrupted = (signal) => {
      kill();
      process.exit(SIGNAL_EXIT_BASE + SIGNAL_NUMBERS[signal]);
    };
    process.once('SIGINT', interrupted).once('SIGTERM', interrupted).once('SIGHUP', interrupted);
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      stopWatching();
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted).off('SIGHUP', interrupted);
      resolve({ ok: code === 0, output });
    });
    onStart?.(child.pid);
  });
}
