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
    // Waits for a sign, not judgements of speed: a machine that does other things gets the time it needs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
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

/** What measures how long something takes, or memory: beside nothing else. */
const MEASURING = ['test/load/{backlog,fairness,live-cost,storm}.test.ts'];
/** What measures pauses of seconds, with both cores idle for most of the time: beside one other of its kind. */
const WAITING = ['test/load/{hanging,outage,pace}.test.ts'];

/** Long by what they wait for, and not by their size, which is all that vitest goes by on a fresh clone. */
const LONG =
  /(accessible|channels|clock|database|failpoints|faults|kill|large|limits|lookup|outage|paused|postgres|races|rotation|shutdown|silent-slack|slots|team-limits)\.test\.ts$/;

/** The first, the last, the second, the last but one. */
const fromBothEnds = <Item>(items: readonly Item[]): Item[] =>
  items.map((_, index) => items.at(index % 2 === 0 ? index / 2 : -(index + 1) / 2) as Item);

/**
 * Begun last, a long file would run alone, with all other workers idle. Of the others the larger ones wait for timers most of
 * the time, and the smaller ones compute: beside each other they use both cores.
 */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean => LONG.test(moduleId);
    const others = sorted.filter((file) => !isLong(file));
    const projects = Map.groupBy(others, ({ project: { name } }) => name);
    return [...sorted.filter(isLong), ...[...projects.values()].flatMap(fromBothEnds)];
  }
}

/** For tests that measure nothing: their servers have fewer threads than their users' do, and their Slacks one process. */
const ECONOMY = { HELIOGRAPH_TEST_ECONOMY: 'on' };

/** Tests of one order run beside each other, as many as there are workers; the orders one after the other. */
const project = (name: string, order: number, workers: number, include: string[], more: object = {}) => ({
  ...shared,
  test: { ...shared.test, name, include, maxWorkers: workers, sequence: { groupOrder: order }, ...more },
});

export default defineConfig({
  test: {
    ...run,
    sequence: { sequencer: LongFirst },
    projects: [
      // More than there are cores: they wait for processes, timers and commits a good part of their time.
      project('unit', 0, 4, ['{src,simulator,scripts,admin,bench}/**/*.test.ts'], { env: ECONOMY }),
      project('api', 0, 4, ['test/{api,support}/**/*.test.ts'], { env: ECONOMY }),
      project('crash', 0, 4, ['test/crash/**/*.test.ts'], { env: ECONOMY }),
      project('browser', 1, 3, ['test/browser/**/*.test.ts'], { env: ECONOMY }),
      project('load', 2, 3, ['test/load/**/*.test.ts'], {
        exclude: [...configDefaults.exclude, ...MEASURING, ...WAITING],
      }),
      project('waiting', 3, 2, WAITING),
      project('alone', 4, 1, MEASURING),
    ],
  },
});
