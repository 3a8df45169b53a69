import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, startServer } from '../support/processes.ts';
import { createTestDatabase } from '../support/database.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

test('what the image has of the project is all that the server needs: its pages, and its packages with their licences', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'heliograph-image-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const name of ['package.json', 'dist'])
    cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
  const [database, port] = [await createTestDatabase(), await freePort()];
  onTestFinished(() => database.drop());
  const env = { DATABASE_URL: database.url, HELIOGRAPH_DATA_DIR: folder, PORT: `${port}` };
  const server = await startServer(env, path.relative(ROOT, path.join(folder, 'dist/server/main.js')));
  for (const page of ['admin/', 'playground', 'readyz'])
    expect({ page, status: (await fetch(`http://localhost:${port}/${page}`)).status }).toEqual({ page, status: 200 });
  expect(await server.stop()).toBe(0);
  // By a link, as the image has one.
  const command = path.join(folder, 'heliograph');
  symlinkSync(path.join(folder, 'dist/server/main.js'), command);
  const PATH = `${path.dirname(process.execPath)}:/usr/bin:/bin`;
  const migrated = execFileSync(command, ['migrate'], { cwd: folder, env: { ...env, PATH }, encoding: 'utf8' });
  expect(migrated).toContain('head');
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  const licences = readFileSync(path.join(folder, 'dist/server/licences.md'), 'utf8');
  // It has no code of its own that is loaded (docs/decisions/0016).
  const bundled = Object.keys(dependencies).filter((name) => name !== 'mikro-orm');
  for (const name of bundled) expect(licences).toContain(`\n## ${name} - `);
});

test('a line in a stack trace is one of our sources, or of the build where it is a package’s', () => {
  const folder = path.join(ROOT, 'dist/server');
  const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');
  const files = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const mapOf = (name: string): string | undefined => /^\/\/# sourceMappingURL=(.*)$/m.exec(read(name))?.[1];
  const maps = files.flatMap((name) => mapOf(name) ?? []).map((name) => JSON.parse(read(name)) as SourceMapPayload);
  expect(
    maps
      .flatMap(({ sources }) => sources)
      .filter((source) => !/^\.\.\/\.\.\/(src|simulator|migrations)\//.test(source)),
  ).toEqual([]);
  const [file = ''] = files.filter((name) => name.startsWith('app-'));
  const lines = read(file).split('\n');
  const at = lines.findIndex((line) => line.includes('startApp = '));
  const found = new SourceMap(JSON.parse(read(mapOf(file) ?? '')) as SourceMapPayload).findEntry(
    at,
    lines[at]?.indexOf('startApp') ?? 0,
  );
  expect(found).toMatchObject({ originalSource: '../../src/app.ts' });
  const original = readFileSync(path.join(ROOT, 'src/app.ts'), 'utf8').split('\n');
  expect('originalLine' in found && original[found.originalLine]).toContain('startApp = ');
});
