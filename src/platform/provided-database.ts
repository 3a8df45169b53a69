import type { Config } from '../config/config.ts';
import type { Stoppable } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import type { Secret } from './secret.ts';

export interface ProvidedDatabase extends Stoppable {
  readonly url: Secret;
}

/** The database of DATABASE_URL, or a real Postgres of our own in the data folder, of which `onLaunched` tells that it comes up. */
export const provideDatabase = async (
  config: Config,
  logger: Logger,
  onLaunched?: () => void,
): Promise<ProvidedDatabase> => {
  const { url, binDir, searchPath: path } = config.database;
  if (url) return { url, stop: async () => {} };
  // Only a server without DATABASE_URL needs it; loading it costs the others a start.
  const { startEmbeddedPostgres } = await import('./embedded-postgres.ts');
  const log = (line: string): void => logger.info(line);
  return startEmbeddedPostgres({ dataDir: config.dataDir, path, binDir, log, onLaunched });
};
