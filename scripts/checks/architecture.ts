// Checks the imports against the architecture, and that the check itself looks and finds.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { plants } from './architecture.plants.ts';
import { forbidden } from './architecture.rules.ts';
import { sourceProblems } from './source-scan.ts';

const FEWEST_MODULES = 50;
const FOLDERS = ['src', 'simulator', 'migrations'];

const look = async (baseDir: string): Promise<ICruiseResult> => {
  const { output } = await cruise(
    FOLDERS.filter((folder) => fs.existsSync(path.join(baseDir, folder))),
    {
      baseDir,
      parser: 'swc', // the only parser here that reads TypeScript without TypeScript's own API; others see 0 modules
      validate: true,
      ruleSet: { forbidden: forbidden.map((rule) => ({ ...rule, severity: 'error' as const })) },
      doNotFollow: { path: 'node_modules' },
    },
    {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  );
  if (typeof output === 'string') throw new Error(output);
  return output;
};

/** Plants one violation of each rule in a folder of its own and returns the rules that missed theirs. */
const blindRules = async (): Promise<string[]> => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'architecture-'));
  try {
    for (const [file, text] of Object.entries(plants())) {
      fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      fs.writeFileSync(path.join(folder, file), text);
    }
    const { summary } = await look(folder);
    const found = new Set(summary.violations.map(({ rule }) => rule.name));
    return forbidden.map(({ name }) => name).filter((name) => !found.has(name));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
};

const { summary, modules } = await look(process.cwd());
const own = modules.filter(({ source }) => FOLDERS.some((folder) => source.startsWith(`${folder}/`)));
const problems = [
  ...summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  ...(await blindRules()).map((name) => `The rule ${name} does not find its own planted violation.`),
  ...(own.length < FEWEST_MODULES ? [`Only ${own.length} modules were looked at.`] : []),
  ...sourceProblems(process.cwd()),
];
console.log(problems.length === 0 ? `${own.length} modules keep ${forbidden.length} rules.` : problems.join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;
