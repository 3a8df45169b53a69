// Writes schema.graphql from the resolver classes, or with --check says whether it is stale.
import 'reflect-metadata';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildHeliographSchema, printHeliographSchema, type ResolverClass } from '../src/graphql/schema.ts';

const FILE = 'schema.graphql';

const isResolver = (value: unknown): value is ResolverClass =>
  typeof value === 'function' && value.name.endsWith('Resolver');

const resolverClasses = async (): Promise<ResolverClass[]> => {
  const found: ResolverClass[] = [];
  for (const file of fs.globSync('src/**/*.resolver.ts').toSorted()) {
    const module = (await import(pathToFileURL(path.resolve(file)).href)) as Record<string, unknown>;
    found.push(...Object.values(module).filter(isResolver));
  }
  return found;
};

const [first, ...rest] = await resolverClasses();
if (!first) throw new Error('No *.resolver.ts exports a class named …Resolver.');
const container = {
  get: (): never => {
    throw new Error('Printing the schema resolves nothing.');
  },
};
const text = printHeliographSchema(buildHeliographSchema([first, ...rest], container));

if (!process.argv.includes('--check')) {
  fs.writeFileSync(FILE, text);
  console.log(`Wrote ${FILE}.`);
} else if (!fs.existsSync(FILE) || fs.readFileSync(FILE, 'utf8') !== text) {
  console.log(`${FILE} is not what the resolvers say: run npm run schema, and commit it.`);
  process.exitCode = 1;
}
