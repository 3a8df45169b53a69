import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { executable, type Account } from './embedded-postgres.binaries.ts';
import { readKept, writeOnce } from '../config/write-once.ts';
import { Secret } from './secret.ts';

/** One database cluster on disk and what it takes to run it. */
export interface Cluster {
  readonly folder: string;
  readonly pgdata: string;
  readonly logFile: string;
  readonly password: Secret;
  readonly binDir: string;
  readonly account: Account;
  readonly durable: boolean;
}

export const SUPERUSER = 'heliograph';
const PASSWORD_BYTES = 18;
const OUTPUT_SHOWN = 1500;
/** From this version on lower(), ILIKE and regular expressions work beyond ASCII without any locale of the system. */
const BUILTIN_LOCALE_SINCE = 17;

export const postgresEnvironment = { TZ: 'UTC', LC_ALL: 'C', PATH: '/usr/bin:/bin' };

export const keptPassword = (folder: string, account: Account): { file: string; password: Secret } => {
  const file = path.join(folder, 'password');
  if (!fs.existsSync(file)) writeOnce(file, randomBytes(PASSWORD_BYTES).toString('base64url'), account);
  return { file, password: new Secret(readKept(file).trim()) };
};

const localeArguments = (majorVersion: number): string[] => {
  if (majorVersion >= BUILTIN_LOCALE_SINCE)
    return ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return [process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C'];
};

const runToEnd = (file: string, args: string[], cwd: string, account: Account): Promise<void> =>
  new Promise((resolve, reject) => {
    const options = { ...account, env: postgresEnvironment, cwd, stdio: ['ignore', 'pipe', 'pipe'] as const };
    const child = spawn(file, args, { ...options, stdio: [...options.stdio] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${path.basename(file)} failed (${code}): ${output.slice(-OUTPUT_SHOWN)}`));
    });
  });

/** Made beside and renamed into place: a first start that is killed leaves no half cluster, and of two one wins. */
const initialize = async (cluster: Cluster, passwordFile: string, majorVersion: number): Promise<void> => {
  const draft = path.join(cluster.folder, `init-${process.pid}-${randomBytes(4).toString('hex')}`);
  const args = ['-D', draft, '-U', SUPERUSER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
  args.push(...localeArguments(majorVersion), '--no-instructions', ...(cluster.durable ? [] : ['--no-sync']));
  await runToEnd(executable(cluster.binDir, 'initdb'), args, cluster.folder, cluster.account);
  try {
    fs.renameSync(draft, cluster.pgdata);
  } catch {
    fs.rmSync(draft, { recursive: true, force: true });
  }
};

export const ensureInitialized = async (
  cluster: Cluster,
  passwordFile: string,
  majorVersion: number,
): Promise<void> => {
  const versionFile = path.join(cluster.pgdata, 'PG_VERSION');
  if (!fs.existsSync(versionFile)) await initialize(cluster, passwordFile, majorVersion);
  const made = Number(fs.readFileSync(versionFile, 'utf8').trim());
  if (made === majorVersion) return;
  throw new Error(
    `${cluster.pgdata} was made by Postgres ${made}, and this is Postgres ${majorVersion}: ` +
      'save what you need with the pg_dump of the old version, or delete the folder to start afresh.',
  );
};
