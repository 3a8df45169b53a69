// Checks package-lock.json and what is said about it, and that the check finds what it is for.
import fs from 'node:fs';
import {
  DEPENDENCIES_FILE,
  LICENCES_FILE,
  licenceList,
  lockedPackages,
  lockProblems,
  reasonProblems,
  type LockedPackage,
} from './supply-chain.rules.ts';

const FEWEST_PACKAGES = 100;
const GOOD: LockedPackage = {
  name: 'planted',
  version: '1.0.0',
  licence: 'MIT',
  integrity: 'sha512-x',
  resolved: undefined,
  link: false,
  dev: false,
  hasInstallScript: false,
};
const PLANTS: readonly Partial<LockedPackage>[] = [
  { resolved: 'git+ssh://git@github.com/some/where.git' },
  { resolved: 'https://elsewhere.example/planted-1.0.0.tgz' },
  { integrity: undefined },
  { integrity: 'sha1-x' },
  { link: true },
  { hasInstallScript: true },
  { licence: 'AGPL-3.0' },
  { licence: 'MIT AND GPL-3.0' },
  { licence: 'MPL-2.0' },
];

const blind = [
  ...PLANTS.filter((plant) => lockProblems([{ ...GOOD, ...plant }]).length !== 1).map((plant) => JSON.stringify(plant)),
  ...(lockProblems([GOOD, { ...GOOD, licence: '(GPL-3.0 OR MIT)' }]).length > 0 ? ['a good one is refused'] : []),
  ...(reasonProblems({ dependencies: { a: '1' } }, '| `b` | why |').length === 2 ? [] : ['a missing reason']),
];

const packages = lockedPackages(process.cwd());
const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8')) as Record<string, unknown>;
const problems = [
  ...blind.map((plant) => `The check does not find what was planted: ${plant}`),
  ...(packages.length < FEWEST_PACKAGES ? [`Only ${packages.length} packages were looked at.`] : []),
  ...lockProblems(packages),
  ...reasonProblems(manifest, fs.readFileSync(DEPENDENCIES_FILE, 'utf8')),
  ...(fs.readFileSync(LICENCES_FILE, 'utf8') === licenceList(packages)
    ? []
    : [`${LICENCES_FILE} is not what package-lock.json says: run npm run licences, and commit it.`]),
];
console.log(problems.length === 0 ? `${packages.length} packages keep the rules.` : problems.join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;
