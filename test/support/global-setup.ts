import type { TestProject } from 'vitest/node';
import { unpackChromium } from './chromium.ts';
import { startSimulators } from './processes.ts';
import { startTemplateCluster } from './template-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the cluster that all tests share; each test file makes databases of its own in it. */
    readonly postgresUrl: string;
    /** Starts a simulated Slack for each test that measures nothing. */
    readonly simulatorsUrl: string;
  }
}

/** One real Postgres for the whole run, migrated once into a template, and one process for its simulated Slacks. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await unpackChromium();
  const cluster = await startTemplateCluster({ durable: false });
  provide('postgresUrl', cluster.url);
  const simulators = await startSimulators().catch(async (error: unknown) => {
    await cluster.stop();
    throw error;
  });
  provide('simulatorsUrl', simulators.url);
  return async () => {
    const [end] = await Promise.all([simulators.program.stop(), cluster.stop()]);
    if (end === 0) return;
    throw new Error(`The simulated Slacks ended with ${end}:\n${simulators.program.lines.slice(-30).join('\n')}`);
  };
}
