/**
 * As many simulated Slacks in one process as are asked for, each with a port of its own: a test pays for its Slack, and not
 * each time for loading a program.
 */
import fastify from 'fastify';
import { startSimulator, type RunningSimulator, type SimulatorOptions } from '../../simulator/server.ts';

const running = new Map<string, RunningSimulator>();
const host = fastify({ forceCloseConnections: true });

host.post<{ Body: Omit<SimulatorOptions, 'port'> }>('/simulators', async ({ body }) => {
  const simulator = await startSimulator({ ...body, port: 0 });
  running.set(simulator.url, simulator);
  return { url: simulator.url };
});

host.post<{ Body: { url: string } }>('/stopped', async ({ body }) => {
  await running.get(body.url)?.stop();
  return { stopped: running.delete(body.url) };
});

async function stop(): Promise<void> {
  await Promise.all([host.close(), ...[...running.values()].map((simulator) => simulator.stop())]);
  process.exit(0);
}

process.on('SIGTERM', () => void stop());
process.stdin.on('end', () => void stop()).resume();
process.stdout.write(`${JSON.stringify({ listening: await host.listen({ port: 0, host: '127.0.0.1' }) })}\n`);
