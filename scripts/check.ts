// `npm run check`: everything that can be said about the project without running it. `npm run check -- lint` runs one.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { availableParallelism } from 'node:os';

interface Check {
  readonly name: string;
  readonly commands: readonly (readonly string[])[];
}

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

const TSC = 'node_modules/typescript/bin/tsc';
const TSX = 'node_modules/tsx/dist/cli.mjs';
const OXLINT = 'node_modules/oxlint/bin/oxlint';

/** The longest first, so that the short ones fill the gaps. */
const CHECKS: readonly Check[] = [
  { name: 'lint', commands: [[OXLINT, '--type-aware', '--deny-warnings', '--format=unix']] },
  { name: 'format', commands: [['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.']] },
  { name: 'dead code', commands: [['node_modules/knip/bin/knip.js', '--no-progress']] },
  { name: 'architecture', commands: [[TSX, 'scripts/checks/architecture.ts']] },
  { name: 'supply chain', commands: [[TSX, 'scripts/checks/supply-chain.ts']] },
  { name: 'schema drift', commands: [[TSX, 'scripts/schema.ts', '--check']] },
  { name: 'breaking changes', commands: [[TSX, 'scripts/checks/breaking-changes.ts']] },
  { name: 'generated code', commands: [[TSX, 'scripts/checks/generated.ts']] },
  { name: 'types', commands: [[TSC, '--noEmit'], ...pageProjects()] },
];

function pageProjects(): string[][] {
  return ['playground', 'admin']
    .filter((folder) => fs.existsSync(`${folder}/tsconfig.json`))
    .map((name) => [TSC, '-p', name, '--noEmit']);
}

const runCommand = (args: readonly string[]): Promise<{ ok: boolean; output: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });

const runCheck = async ({ name, commands }: Check): Promise<Outcome> => {
  const started = performance.now();
  const results = [];
  for (const command of commands) results.push(await runCommand(command));
  return {
    name,
    ok: results.every(({ ok }) => ok),
    output: results.map(({ output }) => output.trim()).join('\n'),
    seconds: (performance.now() - started) / 1000,
  };
};

const runAll = async (checks: readonly Check[]): Promise<Outcome[]> => {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) outcomes.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return outcomes;
};

const wanted = process.argv.slice(2);
const chosen = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) throw new Error(`Known checks: ${CHECKS.map(({ name }) => name).join(', ')}`);
const outcomes = await runAll(chosen);
const failed = outcomes.filter(({ ok }) => !ok);
for (const { name, output } of failed) console.log(`── ${name} ──\n${output}\n`);
for (const { name, ok, seconds } of outcomes) {
  console.log(`${name.padEnd(18)}${(ok ? 'ok' : 'FAILED').padEnd(8)}${seconds.toFixed(1).padStart(5)} s`);
}
process.exitCode = failed.length === 0 ? 0 : 1;
