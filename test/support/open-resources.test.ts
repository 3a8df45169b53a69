import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { openBeyond, openResources } from './open-resources.ts';

test('what a test leaves open is named, until it is closed', async () => {
  const before = openResources();
  const server = createServer().listen(0);
  await once(server, 'listening');
  const timer = setInterval(() => undefined, 60_000);
  expect((await openBeyond(before, 0)).sort()).toEqual(['TCPServerWrap', 'Timeout']);
  clearInterval(timer);
  server.close();
  expect(await openBeyond(before, 5000)).toEqual([]);
});
