// `npm test`: one vitest run, one last line, nothing left behind.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from './processes.mjs';
import { killGroup, startProgram } from './supervise.mjs';

const LEFTOVER_GRACE_MS = 5000; // a Postgres whose Node has just ended needs a moment for its own shutdown
const LEFTOVER_POLL_MS = 50;
const EXIT_GRACE_MS = 30_000;
const EXIT_POLL_MS = 500;

/** Everything the run starts or writes is under this folder or carries its name, so what outlives the run can be found. */
function makeRunFolder() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'heliograph-test-'));
  fs.chmodSync(folder, 0o711); // Postgres, run as another user when we are root, must be able to walk through
  return folder;
}

/** Something that a test left open (a socket, a child with our output) can keep vitest from ending. */
function endOverdueRun(countsFile, pid) {
  let deadline = Infinity;
  const timer = setInterval(() => {
    if (deadline === Infinity && fs.existsSync(countsFile)) deadline = performance.now() + EXIT_GRACE_MS;
    if (performance.now() < deadline) return;
    clearInterval(timer);
    console.log(`The run did not end within ${EXIT_GRACE_MS / 1000} s of its last test: something was left open.`);
    killGroup(pid);
  }, EXIT_POLL_MS);
  return () => clearInterval(timer);
}

async function findLeftovers(folder) {
  const deadline = performance.now() + LEFTOVER_GRACE_MS;
  let left = processesOf(folder);
  while (left.length > 0 && performance.now() < deadline) {
    await sleep(LEFTOVER_POLL_MS);
    left = processesOf(folder);
  }
  return left;
}

function endLeftovers(left) {
  for (const { pid, command } of left) {
    console.log(`Left running by the tests: ${command} (pid ${pid})`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has gone meanwhile.
    }
  }
}

function readCounts(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0 };
  }
}

/** A run that ended badly without a failed test (a crash, no test at all, leftovers) counts as one failure. */
function summarize(counts, exitCode, leftovers) {
  const isGood = exitCode === 0 && leftovers === 0 && counts.passed > 0 && counts.failed === 0;
  const failed = isGood ? 0 : Math.max(1, counts.failed);
  return { line: `${counts.passed} passed, ${failed} failed`, exitCode: isGood ? 0 : exitCode || 1 };
}

export async function runTests({ root, node, env }, args) {
  const folder = makeRunFolder();
  const countsFile = path.join(folder, 'counts.json');
  const program = startProgram(node, ['node_modules/vitest/vitest.mjs', 'run', ...args], {
    cwd: root,
    env: { ...env, TMPDIR: folder, HELIOGRAPH_TEST_COUNTS: countsFile },
  });
  const stopTimer = endOverdueRun(countsFile, program.child.pid);
  const exitCode = await program.exited.finally(stopTimer);
  killGroup(program.child.pid);
  const left = await findLeftovers(folder);
  endLeftovers(left);
  const summary = summarize(readCounts(countsFile), exitCode, left.length);
  fs.rmSync(folder, { recursive: true, force: true });
  console.log(summary.line);
  return summary.exitCode;
}
