import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const shape = z.object({ jwtSecret: z.string().min(32), encryptionKey: z.string().min(1) });
export type DevelopmentSecrets = z.infer<typeof shape>;

/**
 * Secrets of a development server, made once and kept beside its database: a restart must still open the tokens it
 * stored and accept the sign-in it printed. `wx` lets exactly one of two first starts write the file.
 */
export const keptDevelopmentSecrets = (dataDir: string): DevelopmentSecrets => {
  const file = path.join(dataDir, 'development-secrets.json');
  mkdirSync(dataDir, { recursive: true });
  const fresh: DevelopmentSecrets = {
    jwtSecret: randomBytes(32).toString('base64url'),
    encryptionKey: randomBytes(32).toString('base64'),
  };
  try {
    writeFileSync(file, `${JSON.stringify(fresh, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
  }
};
