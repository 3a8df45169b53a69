// Leaves the counts of a test run for whoever started it, and ends the run when that process is gone.
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Reporter, TestModule } from 'vitest/node';

interface ReporterSettings {
  countsFile: string | undefined;
  exitWithParent: boolean;
}

const FAILED_EXIT_CODE = 1;

function countTests(modules: readonly TestModule[]): { passed: number; failed: number } {
  const counts = { passed: 0, failed: 0 };
  for (const module of modules) {
    let failedInside = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') counts.passed += 1;
      if (state === 'failed') failedInside += 1;
    }
    // A file that cannot be loaded, or whose hooks fail, has no failed test of its own and is a failure all the same.
    counts.failed += module.state() === 'failed' ? Math.max(1, failedInside) : failedInside;
  }
  return counts;
}

export function summaryReporter({ countsFile, exitWithParent }: ReporterSettings): Reporter {
  return {
    onInit() {
      if (!exitWithParent) return;
      process.stdin.once('close', () => process.exit(FAILED_EXIT_CODE)).resume();
      (process.stdin as unknown as Socket).unref(); // a pipe here; waiting for its end must not keep the run from ending
    },
    onTestRunEnd(modules) {
      if (countsFile !== undefined) writeFileSync(countsFile, JSON.stringify(countTests(modules)));
    },
    onProcessTimeout() {
      process.exitCode = FAILED_EXIT_CODE; // a test left something open; vitest alone would call that a success
    },
  };
}
