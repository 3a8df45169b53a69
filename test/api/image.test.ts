import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: object;
  };
  const licences = readFileSync(path.join(folder, 'dist/server/licences.md'), 'utf8');
  // It has no code of its own that is loaded (docs/decisions/0016).
  const bundled = Object.keys(dependencies).filter((name) => name !== 'mikro-orm');
  for (const name of bundled) expect(licences).toContain(`\n## ${name} - `);
});
