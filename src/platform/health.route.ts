import type { FastifyInstance } from 'fastify';

/** One thing that must hold for this process to take traffic; undefined where it does, else what is wrong. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined;

/** `/livez`: the process answers. `/readyz`: it may be given work, or says in words why not. */
export const registerHealth = (app: FastifyInstance, checks: Readonly<Record<string, ReadinessCheck>>): void => {
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => {
        const problem = await Promise.resolve()
          .then(check)
          .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
        return [name, problem ?? 'ok'] as const;
      }),
    );
    const ready = found.every(([, answer]) => answer === 'ok');
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'not ready', checks: Object.fromEntries(found) });
  });
};
