import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address that stays while what is behind it moves, as a load balancer or a floating IP gives a database. */
export class MovingAddress {
  readonly #open = new Set<Socket>();
  readonly #servers = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  #target: number | undefined;
  #isSilent = false;
  /** Who came while nothing came through. */
  swallowed = 0;

  static async start(target: number): Promise<MovingAddress> {
    const address = new MovingAddress();
    address.#target = target;
    address.#server.listen(0, '127.0.0.1');
    await once(address.#server, 'listening');
    return address;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Leads nowhere from now on, and breaks what was open. */
  cut(): void {
    this.#target = undefined;
    for (const socket of this.#open) socket.destroy();
  }

  /** From now on nothing comes through, either way, and nothing ends: as where a network swallows what is sent. */
  silence(): void {
    this.#isSilent = true;
    for (const socket of this.#open) socket.pause();
  }

  /** Another host takes over from one that lost its power: who is connected hears nothing of it, who comes anew gets through. */
  takeOver(): void {
    const vanished = [...this.#servers];
    this.#servers.clear();
    this.#isSilent = false;
    for (const server of vanished) server.destroy();
  }

  moveTo(port: number): void {
    this.cut();
    this.#isSilent = false;
    this.leadTo(port);
  }

  /** Who comes from now on gets there; who is connected stays where they are. */
  leadTo(port: number): void {
    this.#target = port;
  }

  stop(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: Socket): void {
    if (this.#target === undefined) {
      client.destroy();
      return;
    }
    if (this.#isSilent) {
      this.swallowed += 1;
      this.#keep(client);
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    this.#servers.add(server);
    this.#keep(client).on('close', () => server.destroy());
    this.#keep(server).on('close', () => {
      if (this.#servers.delete(server)) client.destroy();
    });
    client.pipe(server);
    server.pipe(client);
  }

  #keep(socket: Socket): Socket {
    this.#open.add(socket);
    return socket.on('error', () => {}).on('close', () => this.#open.delete(socket));
  }
}
