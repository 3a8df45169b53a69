import { requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Sql } from '../platform/database.ts';
import { isUuid, type WorkspaceId } from '../platform/ids.ts';
import { EPOCH_US, PageCursors, pageOf, pageSize, UUID, type Page } from '../platform/page.ts';
import type { Reads } from '../platform/replica.ts';
import { rowsToRead, searchedWords } from './history.policy.ts';
import type { HistoryRepository } from './history.repository.ts';
import type { HistoryFilter } from './notification.entity.ts';
import { columnsFor, viewOf, type NotificationView } from './notification.view.ts';

export interface HistoryRequest {
  readonly filter: HistoryFilter;
  /** Words that are all in the text. */
  readonly search?: string | undefined;
  readonly first: number | null | undefined;
  readonly after: string | null | undefined;
  /** The names of all fields that are asked for, and maybe of more: what none of them needs is not read. */
  readonly asked: ReadonlySet<string>;
}

const HITS = /^\d{1,5}$/;

/** The history of a workspace, newest first, as far as the viewer may see it. */
export class HistoryService {
  constructor(
    private readonly rows: HistoryRepository,
    private readonly reads: Reads,
    /** A cursor of the status stream as of now, and as of the server that is asked. */
    private readonly liveCursor: (sql: Sql) => Promise<string>,
  ) {}

  async page(
    viewer: Viewer,
    workspaceId: WorkspaceId,
    { filter, search, first, after, asked }: HistoryRequest,
  ): Promise<Page<NotificationView> & { liveCursor: string | undefined }> {
    const onlyFor = requireRole(viewer, workspaceId) === 'MEMBER' ? viewer.userId : undefined;
    const size = pageSize(first);
    const words = searchedWords(search);
    const cursors = new PageCursors(['history', workspaceId, filter, search]);
    // Of a search the cursor counts the hits as well: the newest of them, as of the first page, are all that it gives.
    const forms = words ? [EPOCH_US, UUID, HITS] : [EPOCH_US, UUID];
    const [createdUs, id, hits] = cursors.decode(after, forms) ?? [];
    const position = createdUs !== undefined && id !== undefined ? { createdUs, id } : undefined;
    const seen = Number(hits ?? 0);
    const limit = rowsToRead(size, words && seen);
    const columns = columnsFor(asked);
    const history = this.rows.page({ workspaceId, onlyFor, filter, words, after: position, limit, columns });
    const [liveCursor, rows] = await this.reads.read(
      // Taken before the rows are read, and where they are: a change in between, or one that has not come there yet, is
      // then replayed to a subscriber rather than missed.
      (sql) =>
        Promise.all([
          asked.has('liveCursor') ? this.liveCursor(sql) : undefined,
          isPossible(filter, words) ? history.read(sql) : [],
        ]),
      history.plans,
    );
    const page = pageOf(rows, size, position !== undefined, viewOf, (row, index) =>
      cursors.encode([row.createdUs, row.id, ...(words ? [`${seen + index + 1}`] : [])]),
    );
    return { ...page, liveCursor };
  }
}

/** Ids that are none name nothing, and nothing is found by no word at all. */
const isPossible = ({ identityId, connectionId }: HistoryFilter, words: readonly string[] | undefined): boolean =>
  words?.length !== 0 && [identityId, connectionId].every((given) => given === undefined || isUuid(given));
