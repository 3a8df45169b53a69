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

export default defineConfig({
  // Without this graphql is loaded twice (its CommonJS and its ES modules), and each denies the other's schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['{src,simulator,scripts,test,admin}/**/*.test.ts'],
    globalSetup: existsSync(GLOBAL_SETUP) ? [GLOBAL_SETUP] : [],
    pool: 'forks',
    reporters: [
      'default',
      summaryReporter({
        countsFile: take('HELIOGRAPH_TEST_COUNTS'),
        exitWithParent: take('HELIOGRAPH_EXIT_WITH_PARENT') === '1',
      }),
    ],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    unstubEnvs: true,
  },
});
