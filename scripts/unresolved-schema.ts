import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { GraphQLSchema } from 'graphql';
import { buildHeliographSchema, type ResolverClass } from '../src/graphql/schema.ts';

const isResolver = (value: unknown): value is ResolverClass =>
  typeof value === 'function' && value.name.endsWith('Resolver');

/** The whole API without anything behind it: nothing in it can be resolved. */
export const unresolvedSchema = async (): Promise<GraphQLSchema> => {
  const found: ResolverClass[] = [];
  for (const file of fs.globSync('src/**/*.resolver.ts').toSorted()) {
    const module = (await import(pathToFileURL(path.resolve(file)).href)) as Record<string, unknown>;
    found.push(...Object.values(module).filter(isResolver));
  }
  const [first, ...rest] = found;
  if (!first) throw new Error('No *.resolver.ts exports a class named …Resolver.');
  const get = (): never => {
    throw new Error('This schema resolves nothing.');
  };
  return buildHeliographSchema([first, ...rest], { get });
};
