import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
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

test.each([
  ['half a request', 'GET /livez HTTP/1.1\r\n'],
  ['nothing yet, as a browser does that keeps a connection at hand', ''],
])('a process that stops does not wait for a peer that has sent %s, whatever its role', async (_what, sent) => {
  const url = await world.addServer({ HELIOGRAPH_ROLE: 'delivery' });
  const server = world.servers.at(-1);
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  if (sent !== '') socket.write(sent);
  // By then the server has taken the connection, and what came by it before.
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  server?.kill('SIGTERM');
  await once(socket.resume(), 'close');
  expect(await server?.exited()).toBe(0);
});
