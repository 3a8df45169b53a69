import { defineConfig } from 'vitest/config';
import { run, shared } from './vitest.config.ts';

/** The long forms of the crash tests, one after the other; `npm test` runs a short form of each. */
export default defineConfig({
  ...shared,
  test: { ...run, ...shared.test, include: ['test/soak/**/*.soak.ts'], fileParallelism: false },
});
