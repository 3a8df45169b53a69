import { createHash } from 'node:crypto';
import { z } from 'zod';
import { TopLevelError } from './top-level-error.ts';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;

/** A page of a keyset listing, each item with the cursor to go on from. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** `first`, or the default; outside 1 to 100 is refused rather than clamped. */
export const pageSize = (first: number | null | undefined): number => {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) {
    throw new TopLevelError('BAD_USER_INPUT', `first must be from 1 to ${MAX_PAGE_SIZE}; it is ${size}.`);
  }
  return size;
};

const CHECK_SUM_LENGTH = 12;
const CURSOR = z.tuple([z.literal(2), z.string()], z.string());

/** What a part of a cursor's position looks like; a client may have changed it. */
export const ANY_TEXT = /^/;
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Microseconds of the epoch, within what Postgres can take for a time. */
export const EPOCH_US = /^\d{1,18}$/;

/** Cursors of one listing: opaque, versioned, and with a check sum of the query that they came from, so that none is used elsewhere. */
export class PageCursors {
  readonly #query: string;

  constructor(query: unknown) {
    this.#query = JSON.stringify(query);
  }

  encode(position: readonly string[]): string {
    const checkSum = createHash('sha256').update(this.#query).update(JSON.stringify(position)).digest('base64url');
    return Buffer.from(JSON.stringify([2, checkSum.slice(0, CHECK_SUM_LENGTH), ...position])).toString('base64url');
  }

  /** The position in a cursor of this very query; undefined where none was given. */
  decode(cursor: string | null | undefined, forms: readonly RegExp[]): string[] | undefined {
    if (cursor === null || cursor === undefined) return undefined;
    const [, , ...position] = CURSOR.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8'))).data ?? [];
    const isWellFormed = position.length === forms.length && forms.every((form, at) => form.test(position[at] ?? ''));
    if (!isWellFormed || this.encode(position) !== cursor) {
      throw new TopLevelError(
        'CURSOR_INVALID',
        'This cursor is not of this list with these arguments. Begin without `after`.',
      );
    }
    return position;
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Makes a page of `size` from rows that were read with one more than that. */
export const pageOf = <Row, T>(
  rows: readonly Row[],
  size: number,
  hasPreviousPage: boolean,
  node: (row: Row) => T,
  cursor: (row: Row, index: number) => string,
): Page<T> => {
  const edges = rows.slice(0, size).map((row, index) => ({
    node: node(row),
    // Made when it is asked for: most ask for nodes alone.
    get cursor(): string {
      return cursor(row, index);
    },
  }));
  return {
    edges,
    nodes: edges.map((edge) => edge.node),
    pageInfo: {
      hasNextPage: rows.length > size,
      hasPreviousPage,
      get startCursor(): string | null {
        return edges.at(0)?.cursor ?? null;
      },
      get endCursor(): string | null {
        return edges.at(-1)?.cursor ?? null;
      },
    },
  };
};
