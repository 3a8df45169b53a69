import { requireRole } from '../access/access.policy.ts';
import type { Viewer } from '../access/viewer.ts';
import type { Clock } from '../platform/clock.ts';
import type { WorkspaceId } from '../platform/ids.ts';
import type { Reads } from '../platform/replica.ts';
import { spanOf, summaryOf } from './stats.policy.ts';
import type { StatsRepository } from './stats.repository.ts';

/** How notifications fared, of those that the viewer may see. */
export class StatsService {
  constructor(
    private readonly rows: StatsRepository,
    private readonly reads: Reads,
    private readonly clock: Clock,
  ) {}

  async stats(viewer: Viewer, workspaceId: WorkspaceId, since: Date, until: Date | null | undefined) {
    const onlyFor = requireRole(viewer, workspaceId) === 'MEMBER' ? viewer.userId : undefined;
    const query = { workspaceId, onlyFor, ...spanOf(since, until ?? undefined, this.clock.now()) };
    const [counts, oldestWaitingSince] = await this.reads.read((sql) =>
      Promise.all([this.rows.counts(sql, query), this.rows.oldestWaitingSince(sql, query)]),
    );
    return { ...summaryOf(counts), oldestWaitingSince };
  }
}
