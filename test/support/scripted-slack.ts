import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { pino } from 'pino';
import { systemClock } from '../../src/platform/clock.ts';
import { Secret } from '../../src/platform/secret.ts';
import { WebClientGateway } from '../../src/slack/web-client.gateway.ts';

export type Answer = (response: ServerResponse) => void;

export const json =
  (body: unknown, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

export const raw =
  (body: string, status = 200, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(status, headers).end(body);

interface Received {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

const read = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
};

/**
 * A Slack that answers byte for byte what a test tells it to, broken answers included, and gateways that talk to it.
 * The simulator behaves like Slack; this one behaves like nothing in particular.
 */
export class ScriptedSlack {
  readonly received: Received[] = [];
  readonly logLines: string[] = [];
  /** What the gateways reported to their metrics hook: method and outcome. */
  readonly observed: string[] = [];
  connections = 0;
  answer: Answer = json({ ok: true });
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #gateways: WebClientGateway[] = [];

  /** A gateway to this Slack. */
  async start(): Promise<WebClientGateway> {
    const server = createServer((request, response) => {
      void read(request).then((body) => {
        const { authorization } = request.headers;
        this.received.push({ path: request.url ?? '', authorization, form: new URLSearchParams(body) });
        this.answer(response);
      });
    });
    return this.gatewayTo(`http://127.0.0.1:${await this.listen(server)}/api/`);
  }

  gatewayTo(apiUrl: string): WebClientGateway {
    const gateway = new WebClientGateway({
      apiUrl,
      clientId: 'client-id',
      clientSecret: new Secret('canary-client-secret'),
      timeoutMs: 5_000,
      clock: systemClock,
      logger: pino({ level: 'trace' }, { write: (line: string) => void this.logLines.push(line) }),
      observe: (method, outcome) => void this.observed.push(`${method} ${outcome}`),
    });
    this.#gateways.push(gateway);
    return gateway;
  }

  /** Starts any server on a free port, to be closed with the rest. */
  async listen(server: Server): Promise<number> {
    server.on('connection', (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const gateway of this.#gateways) gateway.close();
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}
