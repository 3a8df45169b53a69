import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** An address that stays while what is behind it moves, as a load balancer or a floating IP gives a database. */
export class MovingAddress {
  readonly #open = new Set<Socket>();
  readonly #server = createServer((client) => this.#join(client));
  #target: number | undefined;
  #isSilent = false;

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

  moveTo(port: number): void {
    this.cut();
    this.#isSilent = false;
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
      this.#keep(client);
      return;
    }
    const server = connect(this.#target, '127.0.0.1');
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#keep(socket);
      socket.on('close', () => other.destroy());
      socket.pipe(other);
    }
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#open.delete(socket));
  }
}
