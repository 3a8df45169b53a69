import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { readKept, writeOnce } from './write-once.ts';

const shape = z.object({ jwtSecret: z.string().min(32), encryptionKey: z.string().min(1) });
export type DevelopmentSecrets = z.infer<typeof shape>;

const read = (file: string, dataDir: string): DevelopmentSecrets => {
  const text = readKept(file);
  try {
    return shape.parse(JSON.parse(text));
  } catch {
    // Without the cause: a parser quotes what it reads.
    throw new Error(
      `${file} is broken: put a copy of it back, or delete ${dataDir} and begin anew (with another database, where ` +
        'DATABASE_URL is set). Lost are the tokens of Slack that only these secrets open, and every sign-in printed so far.',
    );
  }
};

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
  return read(file, dataDir);
};
