// A server of nothing but graphql-ws with a subscription in which nothing happens: what a subscriber costs at least.
import { once } from 'node:events';
import { buildSchema } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { obey } from './obey.mjs';

const schema = buildSchema('type Query { ok: Boolean } type Subscription { ticked: Int }');

/** Ends when the consumer leaves. */
function nothing() {
  let leave;
  const end = { value: undefined, done: true };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => new Promise((resolve) => (leave = resolve)).then(() => end),
    async return() {
      leave?.();
      return end;
    },
  };
}

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, path: '/graphql' });
useServer({ schema, roots: { subscription: { ticked: nothing } } }, server);
await once(server, 'listening');

obey({ url: () => `ws://127.0.0.1:${server.address().port}/graphql` });
