import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { OLDEST_NODE, tooOldNode } from './node-version.ts';

test.each(['v20.19.5', 'v22.16.0', 'v18.0.0'])('%s is too old, in one line that names what is needed', (version) => {
  const line = tooOldNode(version);
  expect(line).toContain(version);
  expect(line).toContain('22.17');
  expect(line).not.toContain('\n');
});

test.each(['v22.17.0', 'v22.18.1', 'v24.0.0', 'v25.0.0-nightly'])('%s will do', (version) => {
  expect(tooOldNode(version)).toBeUndefined();
});

test('it is the version that package.json asks for', () => {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  expect(engines.node).toBe(`>=${OLDEST_NODE.join('.')}`);
});
