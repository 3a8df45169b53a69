import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { registerControl } from './control/control.route.ts';
import { registerConsent } from './oauth/consent.route.ts';
import type { SimulatorOptions } from './options.ts';
import { registerPages } from './pages/pages.route.ts';
import type { Simulator } from './simulator.ts';
import { createSimulator } from './simulator.ts';
import { registerApi } from './web-api/api.route.ts';

export type { SimulatorOptions } from './options.ts';

export interface RunningSimulator {
  url: string;
  port: number;
  /** Ends at once, hanging connections too; what was accepted is in the state file when it resolves. */
  stop(): Promise<void>;
}

const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
const ID_HEADER = 'x-simulator-id';

export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const simulator = createSimulator(options);
  const server = fastify({
    forceCloseConnections: true,
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: 500 },
  });
  try {
    await server.register(formbody, { bodyLimit: BODY_LIMIT_BYTES });
    server.addHook('onRequest', (_request, reply, done) => {
      void reply.header(ID_HEADER, simulator.id);
      done();
    });
    registerAll(server, simulator);
    const host = options.host ?? '127.0.0.1';
    await server.listen({ port: options.port, host });
    // Its id in the state file; not before it has its port, which another one may hold whose file this is.
    simulator.saveGrants();
    const { port } = server.server.address() as AddressInfo;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    simulator.url = options.publicUrl ?? url;
    return { url, port, stop: stopOnce(server, simulator) };
  } catch (error) {
    await server.close();
    simulator.close();
    throw error;
  }
}

function registerAll(server: FastifyInstance, simulator: Simulator): void {
  registerApi(server, simulator);
  registerConsent(server, simulator);
  registerControl(server, simulator);
  registerPages(server, simulator);
}

function stopOnce(server: FastifyInstance, simulator: Simulator): () => Promise<void> {
  let stopping: Promise<void> | null = null;
  return () => {
    stopping ??= server.close().then(() => simulator.close());
    return stopping;
  };
}
