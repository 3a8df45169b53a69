// Writes schema.graphql from the resolver classes, or with --check says whether it is stale.
import 'reflect-metadata';
import fs from 'node:fs';
import { printHeliographSchema } from '../src/graphql/schema.ts';
import { unresolvedSchema } from './unresolved-schema.ts';

const FILE = 'schema.graphql';

const text = printHeliographSchema(await unresolvedSchema());

if (!process.argv.includes('--check')) {
  fs.writeFileSync(FILE, text);
  console.log(`Wrote ${FILE}.`);
} else if (!fs.existsSync(FILE) || fs.readFileSync(FILE, 'utf8') !== text) {
  console.log(`${FILE} is not what the resolvers say: run npm run schema, and commit it.`);
  process.exitCode = 1;
}
