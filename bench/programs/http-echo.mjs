// The least that HTTP costs: node:http, and an answer that is ready.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { obey } from './obey.mjs';

const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => response.setHeader('content-type', 'application/json').end('{"data":{}}'));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
obey({ url: () => `http://127.0.0.1:${server.address().port}/` });
