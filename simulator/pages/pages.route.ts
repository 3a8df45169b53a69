import type { FastifyInstance } from 'fastify';
import type { Simulator } from '../simulator.ts';
import { registerAssets } from './assets.route.ts';

export function registerPages(server: FastifyInstance, _simulator: Simulator): void {
  registerAssets(server);
}
