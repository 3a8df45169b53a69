// The door of every npm script. Plain JavaScript without packages: it runs on a bare checkout under an older Node, installs
// and builds what is missing or stale, and runs the rest with the Node that the project is locked to.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './bootstrap/build.mjs';
import { runDev } from './bootstrap/dev.mjs';
import { ensureInstalled } from './bootstrap/install.mjs';
import { startProgram } from './bootstrap/supervise.mjs';
import { runTests } from './bootstrap/tests.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const say = (line) => process.stderr.write(`${line}\n`);

const TSX = 'node_modules/tsx/dist/cli.mjs';
const CODEGEN = 'node_modules/@graphql-codegen/cli/cjs/bin.js';

function environment(node) {
  const folders = [path.dirname(node), path.join(root, 'node_modules', '.bin'), process.env.PATH];
  return {
    ...process.env,
    PATH: folders.join(path.delimiter),
    NODE_COMPILE_CACHE: path.join(root, 'node_modules', '.cache', 'node-compile'),
  };
}

const run = ({ node, env }, args) => startProgram(node, args, { cwd: root, env }).exited;

async function built(context, next) {
  await ensureBuilt(context, say);
  return next();
}

// A quiet server gives its room for young objects back, down to one megabyte, and answers its next thousand requests half
// as fast for it. As in the Dockerfile.
const KEPT_ROOM = '--min-semi-space-size=8';

const serve = ({ node, env }, args) => ({
  file: node,
  args: ['--enable-source-maps', KEPT_ROOM, 'dist/server/main.js', 'serve', ...args],
  options: { cwd: root, env },
});

const TASKS = {
  start: (context, args) => built(context, () => run(context, serve(context, args).args)),
  dev: (context, args) => built(context, () => runDev(context, serve(context, args), say)),
  test: (context, args) => built(context, () => runTests(context, args)),
  build: (context) => built(context, () => 0),
  simulator: (context, args) =>
    built(context, () => run(context, ['dist/server/simulator.js', '--exit-with-parent', ...args])),
  'compose:local': (context, args) => built(context, () => run(context, [TSX, 'scripts/compose-local.ts', ...args])),
  check: (context, args) => run(context, [TSX, 'scripts/check.ts', ...args]),
  schema: (context, args) => run(context, [TSX, 'scripts/schema.ts', ...args]),
  bench: (context, args) => built(context, () => run(context, [TSX, 'bench/main.ts', ...args])),
  screenshots: (context) => built(context, () => run(context, [TSX, 'scripts/screenshots.ts'])),
  licences: (context) => run(context, [TSX, 'scripts/licences.ts']),
  codegen: (context, args) => run(context, [CODEGEN, '--config', 'codegen.yml', ...args]),
};

async function main([name, ...args]) {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;
  if (!task) {
    say(`Usage: node scripts/bootstrap.mjs ${Object.keys(TASKS).join('|')} [arguments]`);
    return 2;
  }
  try {
    const node = await ensureInstalled(root, say);
    return await task({ root, node, env: environment(node) }, args);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    if (name === 'test') console.log('0 passed, 1 failed');
    return 1;
  }
}

process.stdout.on('error', () => {}); // a closed pipe (`npm start | head`) must not leave the server behind
process.stderr.on('error', () => {});
process.exitCode = await main(process.argv.slice(2));
