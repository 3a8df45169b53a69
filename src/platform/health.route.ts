import type { FastifyInstance } from 'fastify';
import type { Logger } from './logger.ts';

/** One thing that must hold for this process to take traffic; undefined where it does, else what is wrong. */
export type ReadinessCheck = () => Promise<string | undefined> | string | undefined;

/** Shorter than probes wait (3 s in ops/kubernetes.yaml): they are told what is wrong instead of nothing. */
const CHECK_TIMEOUT_MS = 2_000;
const NO_ANSWER = `no answer within ${CHECK_TIMEOUT_MS / 1000} s`;
/** Whoever asks is not known: addresses and names of the database are for the log. */
const FAILED = 'it could not be looked at; the log says why';

const look = async (name: string, check: ReadinessCheck, logger: Logger): Promise<string> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(NO_ANSWER), CHECK_TIMEOUT_MS);
  });
  const found = Promise.resolve()
    .then(check)
    .catch((err: unknown) => {
      logger.warn({ err, check: name }, 'A check of /readyz failed');
      return FAILED;
    });
  return Promise.race([found, late])
    .then((problem) => problem ?? 'ok')
    .finally(() => clearTimeout(timer));
};

/** `/livez`: the process answers. `/readyz`: it may be given work, or says in words why not. */
export const registerHealth = (
  app: FastifyInstance,
  checks: Readonly<Record<string, ReadinessCheck>>,
  logger: Logger,
): void => {
  app.get('/livez', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const found = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await look(name, check, logger)] as const),
    );
    const ready = found.every(([, answer]) => answer === 'ok');
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ok' : 'not ready', checks: Object.fromEntries(found) });
  });
};
