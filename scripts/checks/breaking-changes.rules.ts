import { buildSchema, findBreakingChanges } from 'graphql';

/** In words, what works with the schema before and does not with the one after. */
export const breakingChanges = (before: string, after: string): string[] =>
  findBreakingChanges(buildSchema(before), buildSchema(after)).map(({ description }) => description);
