// What no import shows: who reads the environment, what files are called, and what must not be in a committed file.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

interface Rule {
  readonly says: string;
  readonly files: RegExp;
  readonly except?: RegExp;
  readonly pattern: RegExp;
}

const TEXT = /[.](ts|tsx|mjs|js|json|md|yml|yaml|graphql|sql|css|html|sh)$|(^|\/)(Dockerfile|run|[.]\w[\w.]*)$/;
const THIS_FILE = /^scripts\/checks\/source-scan[.]ts$/;
const GENERATED = /^(package-lock[.]json|(test|admin)\/generated\/|schema[.]graphql)/;

const RULES: readonly Rule[] = [
  {
    says: 'only src/config reads the environment',
    files: /^(src|simulator|migrations)\/.+[.]ts$/,
    except: /^src\/config\/|^simulator\/(main|options)[.]ts$|[.]test[.]ts$/,
    pattern: /\bprocess[.]env\b/,
  },
  {
    says: 'no path outside the repository and no path of one machine',
    files: TEXT,
    except: THIS_FILE,
    pattern: /[.][.]\/shared\b|(^|[\s'"`(=:])\/(work|root|home\/\w+|Users\/\w+)\//,
  },
  { says: 'nothing marked as unfinished', files: TEXT, except: THIS_FILE, pattern: /\b(TODO|FIXME|XXX|HACK)\b/ },
  { says: 'no test is skipped or alone', files: /[.]test[.]ts$/, pattern: /\b(it|test|describe)[.](skip|only|todo)\(/ },
];

const FORBIDDEN_NAME =
  /(^|\/)(index|utils?|helpers?|common|interfaces?)([.]\w+)*[.](ts|tsx|mjs)$|^src\/(.+\/)?(utils|helpers|common|interfaces)\//;

const trackedFiles = (root: string): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((file) => file !== '' && !GENERATED.test(file) && fs.existsSync(path.join(root, file)));

const problemsOf = (root: string, file: string): string[] => {
  const rules = RULES.filter((rule) => rule.files.test(file) && !rule.except?.test(file));
  if (rules.length === 0) return [];
  const lines = fs.readFileSync(path.join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) =>
    rules
      .filter(({ pattern }) => pattern.test(line))
      .map(({ says }) => `${file}:${index + 1}: ${says}: ${line.trim()}`),
  );
};

export const sourceProblems = (root: string): string[] => {
  const files = trackedFiles(root);
  const named = files.filter((file) => FORBIDDEN_NAME.test(file));
  return [
    ...named.map((file) => `${file}: a file is named after what it holds, not ${path.basename(file)}`),
    ...files.flatMap((file) => problemsOf(root, file)),
  ];
};
