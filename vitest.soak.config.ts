import base from './vitest.config.ts';

/** The long forms of the crash tests, one after the other; `npm test` runs a short form of each. */
export default { ...base, test: { ...base.test, include: ['test/soak/**/*.soak.ts'], fileParallelism: false } };
