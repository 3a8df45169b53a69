// Calls an HTTP API over so many connections, for so long or so often, each call after the answer to the one before.
import autocannon from 'autocannon';
import { obey } from './obey.mjs';

/** It ends at one of these: a second, which is its own, would be longer than what is measured. */
const TICK_MS = 100;

const isGood = (body) => !body.includes('"errors"') && !body.includes('"code"');

obey({
  async run({ url, connections, seconds, calls, bodies, headers }) {
    const requests = bodies.map((body) => ({
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    }));
    const startedAt = performance.now();
    const howLong = calls === undefined ? { duration: seconds } : { amount: calls };
    const result = await autocannon({ url, connections, ...howLong, sampleInt: TICK_MS, requests, verifyBody: isGood });
    const bad = result.errors + result.non2xx + result.mismatches;
    if (bad > 0) throw new Error(`${bad} of ${result.requests.total} calls failed (non-2xx ${result.non2xx}).`);
    const { p50, p99 } = result.latency;
    const total = result.requests.total;
    return { calls: total, perSecond: (total * 1000) / (performance.now() - startedAt), p50, p99 };
  },
});
