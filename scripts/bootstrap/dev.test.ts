import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test, vi } from 'vitest';

const DEV = new URL('./dev.mjs', import.meta.url).href;

const PROGRAM = `
  process.stdin.once('close', () => process.exit(0)).resume();
  console.log(process.pid);`;

const BOOTSTRAP = `
  import { runDev } from ${JSON.stringify(DEV)};
  const [root, node, env] = [process.cwd(), process.execPath, process.env];
  const program = { file: node, args: ['program.mjs'], options: { cwd: root, env } };
  process.exitCode = await runDev({ root, node, env }, program, console.error);`;

/** A build that says that it has begun, and takes as long as it is let. */
const BUILD = `
  import fs from 'node:fs';
  fs.writeFileSync('begun', '');
  setInterval(() => fs.existsSync('finish') && process.exit(0), 20);`;

const FILES = {
  'program.mjs': PROGRAM,
  'bootstrap.mjs': BOOTSTRAP,
  'node_modules/vite/bin/vite.js': BUILD,
  'src/main.ts': '',
  'package.json': '{ "type": "module" }',
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'vite.config.ts': '',
};

test('npm run dev outlives a server that ends while a build takes its files away, and ends with one that ends by itself', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dev-'));
  onTestFinished(() => fs.rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(FILES)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  const dev = spawn(process.execPath, ['bootstrap.mjs'], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void dev.kill('SIGKILL'));
  const lines = createInterface(dev.stdout)[Symbol.asyncIterator]();
  const nextServer = async (): Promise<number> => Number((await lines.next()).value);

  const first = await nextServer();
  fs.writeFileSync(path.join(root, 'src/main.ts'), 'changed');
  await vi.waitFor(() => expect(fs.existsSync(path.join(root, 'begun'))).toBe(true), { timeout: 10_000 });
  process.kill(first, 'SIGKILL');
  fs.writeFileSync(path.join(root, 'finish'), '');
  const second = await nextServer();
  expect(second).toBeGreaterThan(0);

  const ended = once(dev, 'exit');
  process.kill(second, 'SIGKILL');
  expect(await ended).toEqual([137, null]);
});
