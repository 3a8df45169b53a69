/**
 * As many simulated Slacks in one process as are asked for, each with a port of its own: a test pays for its Slack, and not
 * each time for loading a program.
 */
import fastify from 'fastify';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../../simulator/server.ts';

const running = new Map<string, RunningSimulator>();
const server = fastify({ forceCloseConnections: true });

server.post<{ Body: Omit<SimulatorOptions, 'port'> }>('/start', async ({ body }) => {
  const simulator = await startSimulator({ ...body, port: 0 });
  running.set(simulator.url, simulator);
  return { url: simulator.url };
});

server.post<{ Body: { url: string } }>('/stop', async ({ body: { url } }) => {
  const simulator = running.get(url);
  running.delete(url);
  await simulator?.stop();
  return { url };
});

/** A Slack that a test left open fails the run, as a process of its own would. */
async function stop(): Promise<void> {
  const left = [...running.values()];
  await Promise.all([server.close(), ...left.map((simulator) => simulator.stop())]);
  if (left.length > 0) process.stderr.write(`Left open: ${left.map(({ url }) => url).join(', ')}\n`);
  process.exit(left.length > 0 ? 1 : 0);
}

process.on('SIGTERM', () => void stop());
process.stdin.on('end', () => void stop()).resume();
process.stdout.write(`${JSON.stringify({ listening: await server.listen({ port: 0, host: '127.0.0.1' }) })}\n`);
