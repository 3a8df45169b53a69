import type { TestProject } from 'vitest/node';
import { unpackChromium } from './chromium.ts';
import { startSimulatorHost } from './processes.ts';
import { startTemplateCluster } from './template-cluster.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A superuser's URL of the cluster that all tests share; each test file makes databases of its own in it. */
    readonly postgresUrl: string;
    /** Starts a simulated Slack for each test that measures nothing. */
    readonly simulatorHostUrl: string;
  }
}

/** One real Postgres for the whole run, migrated once into a template, and one process for its simulated Slacks. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await unpackChromium();
  const cluster = await startTemplateCluster({ durable: false });
  provide('postgresUrl', cluster.url);
  const simulators = await startSimulatorHost();
  provide('simulatorHostUrl', simulators.url);
  return async () => {
    await simulators.program.stop();
    await cluster.stop();
  };
}
