import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readKept, writeOnce } from './write-once.ts';

const shape = z.object({ jwtSecret: z.string().min(32), encryptionKey: z.string().min(1) });
export type DevelopmentSecrets = z.infer<typeof shape>;

/**
 * Secrets of a development server, made once and kept beside its database: a restart must still open the tokens it
 * stored and accept the sign-in it printed. Of two first starts one writes the file and both read it.
 */
export const keptDevelopmentSecrets = (dataDir: string): DevelopmentSecrets => {
  const file = path.join(dataDir, 'development-secrets.json');
  mkdirSync(dataDir, { recursive: true });
  if (!existsSync(file)) {
    const fresh: DevelopmentSecrets = {
      jwtSecret: randomBytes(32).toString('base64url'),
      encryptionKey: randomBytes(32).toString('base64'),
    };
    writeOnce(file, `${JSON.stringify(fresh, undefined, 2)}\n`);
  }
  return shape.parse(JSON.parse(readKept(file)));
};
