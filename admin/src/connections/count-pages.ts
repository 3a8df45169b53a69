interface Page<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
}

export interface Counted {
  readonly count: number;
  /** There is more than was read: it is at least so many. */
  readonly isMore: boolean;
}

/** Beyond so many pages, "at least" says enough. */
const MOST_PAGES = 10;

/** Counts what is asked for, page by page. */
export async function countPages<Node>(
  read: (after: string | null) => Promise<Page<Node> | undefined>,
  isCounted: (node: Node) => boolean = () => true,
): Promise<Counted> {
  let count = 0;
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found: Page<Node> | undefined = await read(after);
    count += found?.nodes.filter(isCounted).length ?? 0;
    if (!found?.pageInfo.hasNextPage) return { count, isMore: false };
    after = found.pageInfo.endCursor ?? null;
  }
  return { count, isMore: true };
}
