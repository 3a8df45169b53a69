// Says whether the typed documents are what codegen makes of schema.graphql and the operations now.
import fs from 'node:fs';
import path from 'node:path';
import { generate, loadContext } from '@graphql-codegen/cli';

const context = await loadContext('codegen.yml');
context.updateConfig({ silent: true });
const files = (await generate(context, false)) as { filename: string; content: string }[];
if (files.length === 0) throw new Error('codegen.yml generates nothing.');

const isStale = ({ filename, content }: { filename: string; content: string }): boolean =>
  !fs.existsSync(filename) || fs.readFileSync(filename, 'utf8') !== content;

const stale = files.filter(isStale).map(({ filename }) => path.relative(process.cwd(), filename));
if (stale.length > 0) {
  console.log(`Stale, run npm run codegen and commit: ${stale.join(', ')}`);
  process.exitCode = 1;
}
