// Keeps dist/ in line with the sources: the server by tsc, each web page by vite, each rebuilt only when its own inputs changed.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { lockHash } from './install.mjs';
import { withLock } from './lock.mjs';
import { runQuietly } from './supervise.mjs';

const CODE_FOLDERS = ['src', 'simulator', 'migrations'];
/** Each page's folder, with what it takes from elsewhere. */
const PAGES = { playground: [], admin: ['simulator/pages'] };
const isSource = (file) => /\.tsx?$/.test(file);
const isTest = (file) => /\.test\.tsx?$/.test(file);

function listFiles(root, folder) {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
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
      inputs: fingerprint(root, [...code, 'tsconfig.json', 'tsconfig.build.json'], packages),
      build: (context) => buildServer(context, code),
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

/** A removed source must not live on in dist/: a leftover migration would run. */
function removeLeftovers(root, emitted) {
  for (const folder of CODE_FOLDERS) {
    for (const file of listFiles(root, path.join('dist', folder))) {
      if (!emitted.has(file)) fs.rmSync(path.join(root, file));
    }
  }
}

function copyAssets(root, files) {
  const assets = files.filter((file) => !isSource(file) && !file.endsWith('.md'));
  return assets.map((file) => {
    const target = path.join('dist', file);
    fs.mkdirSync(path.join(root, path.dirname(target)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(root, target));
    return target;
  });
}

async function buildServer({ root, node, env, own }, code) {
  const args = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--listEmittedFiles'];
  const { ok, output } = await runQuietly(node, args, { cwd: root, env, onStart: own });
  if (!ok) return { ok, output: output.replaceAll(/^TSFILE: .*\n/gm, '') };
  const emitted = [...output.matchAll(/^TSFILE: +(.*)$/gm)].map((match) => path.relative(root, match[1].trim()));
  removeLeftovers(root, new Set([...emitted, ...copyAssets(root, code)]));
  return { ok, output };
}

async function buildPage({ root, node, env, own }, folder) {
  const outDir = path.join(root, 'dist', folder);
  const args = ['node_modules/vite/bin/vite.js', 'build', folder, '--outDir', outDir, '--emptyOutDir'];
  args.push('--logLevel', 'warn');
  return runQuietly(node, args, { cwd: root, env, onStart: own });
}

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
