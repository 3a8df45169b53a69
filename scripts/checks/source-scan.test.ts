import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sourceProblems } from './source-scan.ts';

const inRepository = (file: string, text: string): string[] => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'scan-'));
  try {
    execFileSync('git', ['init', '--quiet'], { cwd: root });
    fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
    return sourceProblems(root);
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
};

const unfinished = ['TO', 'DO'].join('');

it.each([
  ['src/delivery/pace.policy.ts', 'const fast = process.env.FAST;'],
  ['src/delivery/utils.ts', 'export const x = 1;'],
  ['src/common/x.ts', 'export const x = 1;'],
  ['docs/notes.md', `${unfinished}: write this`],
  ['README.md', ['see ../', 'shared/design'].join('')],
  ['scripts/x.ts', ["const file = '/", "root/x';"].join('')],
  ['src/x.test.ts', ['it.', "only('x', () => {});"].join('')],
])('finds what may not be in %s', (file, text) => {
  expect(inRepository(file, text)).toHaveLength(1);
});

it('lets the settings read the environment', () => {
  expect(inRepository('src/config/config.ts', 'export const read = () => process.env;')).toEqual([]);
});
