import { existsSync } from 'node:fs';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { summaryReporter } from './scripts/vitest-summary-reporter.ts';

const GLOBAL_SETUP = 'test/support/global-setup.ts';

/** Meant for this process: a server that a test starts must not take it as its own. */
const take = (name: string): string | undefined => {
  const value = process.env[name];
  delete process.env[name];
  return value;
};

/** What the tests of every project share, `npm run test:soak`'s too. */
export const shared = {
  // Without this graphql is loaded twice (its CommonJS and its ES modules), and each denies the other's schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    pool: 'forks',
    // What files share is loaded once by each worker, not for each file: no file changes what another has loaded.
    isolate: false,
    setupFiles: 'test/support/each-file.ts',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    // A wait for a sign, not a judgement of speed: a machine that does other things gets the time it needs.
    expect: { poll: { timeout: 15_000 } },
    restoreMocks: true,
    unstubEnvs: true,
  },
} as const;

/** What concerns the run as a whole. */
export const run = {
  globalSetup: existsSync(GLOBAL_SETUP) ? [GLOBAL_SETUP] : [],
  reporters: [
    'default',
    summaryReporter({
      countsFile: take('HELIOGRAPH_TEST_COUNTS'),
      exitWithParent: take('HELIOGRAPH_EXIT_WITH_PARENT') === '1',
    }),
  ],
};

/** What measures time, rates or memory: beside nothing else. */
const MEASURING = ['test/load/{backlog,fairness,hanging,live,outage,pace,storm}.test.ts'];

/** Long by what they wait for, and not by their size, which is all that vitest goes by on a fresh clone. */
const LONG =
  /(accessible|channels|failpoints|faults|kill|large|limits|outage|paused|postgres|races|rotation|rotation-fleet|shutdown|slots|team-limits)\.test\.ts$/;

/** Begun last, a long file would run alone, with all other workers idle. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): number => Number(LONG.test(moduleId));
    return (await super.sort(files)).toSorted((one, other) => isLong(other) - isLong(one));
  }
}

/** Tests of one project run beside each other, as many as there are workers; the projects one after the other. */
const project = (name: string, order: number, workers: number, include: string[], without: string[] = []) => {
  const exclude = [...configDefaults.exclude, ...without];
  return {
    ...shared,
    test: { ...shared.test, name, include, exclude, maxWorkers: workers, sequence: { groupOrder: order } },
  };
};

export default defineConfig({
  test: {
    ...run,
    sequence: { sequencer: LongFirst },
    projects: [
      project('unit', 0, 2, ['{src,simulator,scripts,admin,bench}/**/*.test.ts']),
      // What waits for processes more than it computes.
      project('api', 1, 3, ['test/{api,support}/**/*.test.ts']),
      project('crash', 2, 3, ['test/crash/**/*.test.ts']),
      project('browser', 3, 2, ['test/browser/**/*.test.ts']),
      project('load', 4, 3, ['test/load/**/*.test.ts'], MEASURING),
      project('alone', 5, 1, MEASURING),
    ],
  },
});
