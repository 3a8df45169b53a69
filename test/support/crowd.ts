import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { WebSocket } from 'ws';

const PROTOCOL = 'graphql-transport-ws';

/** One socket with one subscription that counts what it is told, and reads of it only what a test asks for. */
export class CrowdSocket {
  heard = 0;
  onNext: ((message: Buffer) => void) | undefined;

  private constructor(readonly socket: WebSocket) {}

  static async open(url: string, token: string, payload: object): Promise<CrowdSocket> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, PROTOCOL, { perMessageDeflate: false });
    const member = new CrowdSocket(socket);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
    await once(socket, 'message');
    socket.on('message', (message: Buffer) => {
      member.heard += 1;
      member.onNext?.(message);
    });
    const id = '00000000-0000-4000-8000-000000000000';
    socket.send(JSON.stringify({ type: 'subscribe', id, payload }));
    return member;
  }

  /** Resolves once the server has handled everything that was sent to it so far. */
  async settled(): Promise<void> {
    this.socket.send(JSON.stringify({ type: 'ping' }));
    const [answer] = (await once(this.socket, 'message')) as [Buffer];
    if (!answer.toString().includes('pong')) throw new Error(`Expected a pong, got ${answer.toString()}`);
  }
}

/** Opens so many, some at a time. */
export const openCrowd = async (
  count: number,
  open: (index: number) => Promise<CrowdSocket>,
  atATime = 50,
): Promise<CrowdSocket[]> => {
  const crowd: CrowdSocket[] = [];
  while (crowd.length < count) {
    const size = Math.min(atATime, count - crowd.length);
    crowd.push(...(await Promise.all(Array.from({ length: size }, (_, index) => open(crowd.length + index)))));
  }
  return crowd;
};

export const closeCrowd = async (crowd: readonly CrowdSocket[]): Promise<void> => {
  await Promise.all(
    crowd.map(async ({ socket }) => {
      if (socket.readyState === socket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    }),
  );
};

/** What a process holds in memory, in KiB. */
export const residentKiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

/** The CPU time that a process has used, in ms (in ticks of 10 ms). */
export const cpuMs = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13);
  return (Number(user) + Number(system)) * 10;
};
