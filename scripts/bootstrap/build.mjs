// Keeps dist/ in line with the sources: the server and each web page, built by vite, each only when its own inputs changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { lockHash } from './install.mjs';
import { withLock } from './lock.mjs';
import { runQuietly } from './supervise.mjs';

const CODE_FOLDERS = ['src', 'simulator', 'migrations'];
/** Each page's folder, with what it takes from elsewhere. */
const PAGES = { playground: [], admin: ['simulator/pages', 'src/notifications/words.policy.ts'] };
const isTest = (file) => /\.test\.tsx?$/.test(file);

function listFiles(root, folder) {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
  if (fs.statSync(absolute).isFile()) return [folder];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** Sizes and times tell a change without reading everything; a fresh clone has no dist/ to compare with anyway. */
function fingerprint(root, files, packages) {
  const hash = createHash('sha256').update(packages);
  for (const file of files) {
    const { size, mtimeMs } = fs.statSync(path.join(root, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function targets(root) {
  const packages = lockHash(root);
  const code = CODE_FOLDERS.flatMap((folder) => listFiles(root, folder)).filter((file) => !isTest(file));
  const list = [
    {
      name: 'server',
      inputs: fingerprint(root, [...code, 'tsconfig.json', 'vite.config.ts'], packages),
      build: (context) => runVite(context, []),
    },
  ];
  for (const [folder, further] of Object.entries(PAGES)) {
    if (!fs.existsSync(path.join(root, folder, 'vite.config.ts'))) continue;
    const files = [folder, ...further].flatMap((name) => listFiles(root, name)).filter((file) => !isTest(file));
    const inputs = fingerprint(root, [...files, 'tsconfig.json'], packages);
    list.push({ name: folder, inputs, build: (context) => buildPage(context, folder) });
  }
  return list;
}

function runVite({ root, node, env, own }, args) {
  const all = ['node_modules/vite/bin/vite.js', 'build', ...args, '--logLevel', 'warn'];
  return runQuietly(node, all, { cwd: root, env, onStart: own });
}

const buildPage = (context, folder) =>
  runVite(context, [folder, '--outDir', path.join(context.root, 'dist', folder), '--emptyOutDir']);

const stampFile = (root) => path.join(root, 'dist', '.stamp');

function readStamps(root) {
  try {
    return JSON.parse(fs.readFileSync(stampFile(root), 'utf8'));
  } catch {
    return {};
  }
}

function writeStamp(root, name, inputs) {
  const draft = `${stampFile(root)}.${process.pid}`;
  fs.writeFileSync(draft, JSON.stringify({ ...readStamps(root), [name]: inputs }));
  fs.renameSync(draft, stampFile(root));
}

const staleOnes = (root) => {
  const stamps = readStamps(root);
  return targets(root).filter((target) => stamps[target.name] !== target.inputs);
};

async function buildStale(context, say) {
  for (const target of staleOnes(context.root)) {
    const started = performance.now();
    const { ok, output } = await target.build(context);
    if (!ok) throw new Error(`Building the ${target.name} failed:\n${output.trim()}`);
    writeStamp(context.root, target.name, target.inputs);
    say(`Built the ${target.name} in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  }
}

export async function ensureBuilt({ root, node, env }, say) {
  if (staleOnes(root).length === 0) return;
  const onWait = () => say('Waiting for another process that is building …');
  await withLock(path.join(root, 'dist', '.build.lock'), onWait, (own) => buildStale({ root, node, env, own }, say));
}
