import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

test('every picture of the README is there, and smaller than 200 kB', () => {
  const pictures = [...read('README.md').matchAll(/!\[[^\]]+\]\(([^)]+\.png)\)/g)].map(([, file = '']) => file);
  expect(pictures.length).toBeGreaterThan(0);
  for (const file of pictures) expect(statSync(path.join(ROOT, file)).size).toBeLessThan(200_000);
});

interface Manifest {
  readonly scripts: { readonly sbom: string };
  readonly dependencies: object;
}

interface Sbom {
  readonly bomFormat: string;
  readonly components: readonly { name: string; properties: readonly { name: string }[] }[];
}

test('the SBOM names all that runs in production, and marks what does not', () => {
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const [program = '', ...args] = manifest.scripts.sbom.split(' ');
  const sbom = JSON.parse(execFileSync(program, args, { cwd: ROOT, encoding: 'utf8' })) as Sbom;
  expect(sbom.bomFormat).toBe('CycloneDX');
  const namesOf = (isForDevelopment: boolean): string[] =>
    sbom.components
      .filter(
        ({ properties }) => properties.some(({ name }) => name === 'cdx:npm:package:development') === isForDevelopment,
      )
      .map(({ name }) => name);
  expect(namesOf(false)).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(namesOf(true)).toContain('vitest');
});
