import 'reflect-metadata';
import { Field, ObjectType } from 'type-graphql';

@ObjectType({ description: 'Where a page of a Relay connection lies in the whole list.', simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there is more after this page: ask again with `after: endCursor`.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page began after a cursor, so that something lies before it.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "The first entry's cursor; null on an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "The last entry's cursor; null on an empty page." })
  endCursor!: string | null;
}

/** What every paged list takes; the largest page is a limit of the API, the default what a screen shows. */
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;
