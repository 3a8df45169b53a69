// A test file that leaves something open (a server, a socket, a pool, a child, a timer) fails: vitest ends the worker over it.
import { afterAll } from 'vitest';
import { openBeyond, openResources } from './open-resources.ts';

const GRACE_MS = 5000;

/** The worker's own pipes; a timer of the runner's that is due just now would excuse one of the file's. */
const before = openResources().filter((name) => name !== 'Timeout');

// The first to be registered, so the last to run.
afterAll(async () => {
  const left = await openBeyond(before, GRACE_MS);
  if (left.length > 0) throw new Error(`The tests of this file left open: ${left.join(', ')}.`);
});
