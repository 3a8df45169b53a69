import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TREES = ['src', 'simulator', 'migrations', 'tsconfig.json', 'package.json'];

const git = (...args: string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? stdout.trim() || undefined : undefined;
};

/** The last release; before there is one, the commit before the newest migration came. Undefined in a clone without it. */
const earlierCommit = (): string | undefined => {
  const tag = git('describe', '--tags', '--abbrev=0', 'HEAD');
  const newest = git('log', '-1', '--diff-filter=A', '--format=%H', '--', 'migrations');
  const wanted = tag ?? (newest && `${newest}^`);
  return wanted && git('rev-parse', '--verify', '--quiet', `${wanted}^{commit}`);
};

export interface EarlierVersion {
  /** Its main program, as a path from the project's root. */
  readonly main: string;
  /** What it is called in a report. */
  readonly name: string;
  remove(): void;
}

/** Builds it beside this version, as this version is built, with its packages. Where the clone has no history, this version stands in. */
export const buildEarlierVersion = (): EarlierVersion => {
  const commit = earlierCommit();
  const newest = git('log', '-1', '--format=%H', '--', 'migrations');
  if (commit === undefined || commit === newest) {
    console.warn('\n*** The upgrade is tried from this version to itself: the clone is without its history. ***\n');
    return { main: 'dist/server/main.js', name: 'this version (the clone has no earlier one)', remove: () => {} };
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-earlier-'));
  const archive = execFileSync('git', ['archive', commit, ...TREES], { cwd: ROOT, maxBuffer: 2 ** 28 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const config = path.join(ROOT, 'vite.config.ts');
  const args = [vite, 'build', '--config', config, '--logLevel', 'error'];
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${commit} could not be built:\n${stderr.slice(-2000)}`);
  const main = path.join(folder, 'dist/server/main.js');
  return {
    main: path.relative(ROOT, main),
    name: git('describe', '--tags', '--always', commit) ?? commit,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};
