import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { World } from '../support/world.ts';

let world: World;
let token: string;
beforeAll(async () => {
  world = await World.start({});
  token = await world.token('ana', { kept: 'ADMIN' });
});
afterAll(() => world.stop());

const AT_ONCE = 8;
const VIEWER = JSON.stringify({ query: '{ viewer { userId } }' });

/** The status of the answer, or how the connection failed. */
const ask = (agent: Agent): Promise<string> =>
  new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const asked = request(`${world.url}/graphql`, { agent, method: 'POST', headers }, (answer) => {
      text(answer).then(
        () => resolve(`${answer.statusCode}`),
        () => resolve('cut in the answer'),
      );
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    asked.end(VIEWER);
  });

test('a process that stops answers all that has reached it: no request on a kept connection is cut', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const outcomes: string[] = [];
  const asking = Array.from({ length: AT_ONCE }, async () => {
    let outcome: string;
    do outcomes.push((outcome = await ask(agent)));
    while (outcome !== 'ECONNREFUSED');
  });
  await expect.poll(() => outcomes.length).toBeGreaterThan(100);
  world.servers[0]?.kill('SIGTERM');
  expect(await world.servers[0]?.exited()).toBe(0);
  await Promise.all(asking);
  expect(new Set(outcomes)).toEqual(new Set(['200', 'ECONNREFUSED']));
  agent.destroy();
});
