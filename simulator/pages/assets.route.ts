import type { FastifyInstance } from 'fastify';
export function registerAssets(_server: FastifyInstance): void {}
