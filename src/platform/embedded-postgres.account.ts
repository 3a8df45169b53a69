import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { executable, type Account, type PostgresBinaries } from './embedded-postgres.binaries.ts';
import { writeOnce } from '../config/write-once.ts';

/** Where the database and the binaries go when the account may not walk to where they are. */
const SHARED_FOLDER = '/var/lib/heliograph';

const accountNamed = (name: string): Account => {
  const rows = fs.readFileSync('/etc/passwd', 'utf8').split('\n');
  const row = rows.map((line) => line.split(':')).find((fields) => fields[0] === name);
  return row && { uid: Number(row[2]), gid: Number(row[3]) };
};

/** Postgres refuses to run as root. A database that an ordinary user made stays that user's. */
export const chooseAccount = (pgdata: string): Account => {
  if (process.getuid?.() !== 0) return undefined;
  const made = fs.existsSync(pgdata) ? fs.statSync(pgdata) : undefined;
  if (made && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  const account = accountNamed('postgres') ?? accountNamed('nobody');
  if (account) return account;
  throw new Error(
    'Postgres refuses to run as root, and neither a postgres nor a nobody user exists: set DATABASE_URL.',
  );
};

const succeeds = (file: string, args: string[], account: Account): boolean =>
  spawnSync(file, args, { ...account, cwd: '/', stdio: 'ignore' }).status === 0;

const makeSharedFolder = (): void => {
  fs.mkdirSync(SHARED_FOLDER, { recursive: true });
  fs.chmodSync(SHARED_FOLDER, 0o755); // a strict umask would lock out the account that it is for
};

/** An installation under a strict umask gives nobody else a right; the copy must. */
const openToEverybody = (folder: string): void => {
  const inside = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name));
  for (const file of [folder, ...inside]) {
    const { mode } = fs.lstatSync(file);
    if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK) continue;
    fs.chmodSync(file, mode & fs.constants.S_IXUSR ? 0o755 : 0o644);
  }
};

const copyOnce = (from: string, to: string): void => {
  if (fs.existsSync(to)) return;
  const draft = `${to}.${process.pid}`;
  makeSharedFolder();
  fs.cpSync(from, draft, { recursive: true, verbatimSymlinks: true });
  openToEverybody(draft);
  try {
    fs.renameSync(draft, to);
  } catch {
    fs.rmSync(draft, { recursive: true, force: true }); // another process was first
  }
};

/** The account cannot run binaries under, say, a /root of mode 700: it then gets a copy of them. */
export const runnableBinaries = (binaries: PostgresBinaries, account: Account): string => {
  const { dir, packageRoot, isRunnable } = binaries;
  if (!account || isRunnable) return dir;
  if (packageRoot === undefined) throw new Error(`User ${account.uid} may not run ${dir}/postgres: set DATABASE_URL.`);
  const { size } = fs.statSync(executable(dir, 'postgres'));
  const copy = path.join(SHARED_FOLDER, `postgres-${binaries.majorVersion}-${process.arch}-${size}`);
  copyOnce(packageRoot, copy);
  return path.join(copy, 'bin');
};

/** A note in the wanted folder names the other one, so that removing the wanted folder still means starting afresh. */
const movedFolder = (wanted: string): string => {
  makeSharedFolder();
  const note = path.join(wanted, 'moved-to');
  if (!fs.existsSync(note)) writeOnce(note, path.join(SHARED_FOLDER, `data-${randomBytes(6).toString('hex')}`));
  return fs.readFileSync(note, 'utf8');
};

/** Makes the folder of the database; the account must be able to walk there, else the folder moves. */
export const reachableFolder = (wanted: string, account: Account, log: (line: string) => void): string => {
  fs.mkdirSync(wanted, { recursive: true, mode: 0o755 });
  if (!account) return wanted;
  const isReachable = succeeds('/bin/sh', ['-c', 'cd "$1"', 'sh', path.dirname(wanted)], account);
  const folder = isReachable ? wanted : movedFolder(wanted);
  if (!isReachable)
    log(`The embedded Postgres runs as user ${account.uid}, who may not enter ${wanted}: using ${folder}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.chownSync(folder, account.uid, account.gid);
  return folder;
};
