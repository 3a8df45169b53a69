import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
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
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
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

/** Tests that wait for processes more than they compute run beside each other; those that measure or crowd a machine, alone. */
export default defineConfig({
  test: {
    ...run,
    projects: [
      {
        ...shared,
        test: {
          ...shared.test,
          name: 'together',
          include: ['{src,simulator,scripts,admin,bench}/**/*.test.ts', 'test/{api,support}/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          ...shared.test,
          name: 'alone',
          include: ['test/{browser,crash,load}/**/*.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
