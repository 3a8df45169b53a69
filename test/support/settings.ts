import { ConfigError, readConfig } from '../../src/config/config.ts';
import type { DevelopmentSecrets } from '../../src/config/development-secrets.ts';

export const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString('base64');
const DEVELOPMENT_SECRETS: DevelopmentSecrets = { jwtSecret: 'd'.repeat(43), encryptionKey: ENCRYPTION_KEY };
export const SLACK_CREDENTIALS = {
  SLACK_CLIENT_ID: 'id',
  SLACK_CLIENT_SECRET: 'secret',
  SLACK_SIGNING_SECRET: 'signing',
};

export const readSettings = (
  environment: NodeJS.ProcessEnv,
  secrets: (dataDir: string) => DevelopmentSecrets = () => DEVELOPMENT_SECRETS,
) => readConfig(secrets, environment);

/** What is wrong with settings; empty where nothing is. */
export const problemsOf = (environment: NodeJS.ProcessEnv): readonly string[] => {
  try {
    readSettings(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
};
