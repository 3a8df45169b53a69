import { Loop, within, type Stoppable } from '../platform/lifecycle.ts';
import type { Logger } from '../platform/logger.ts';

/** Rows that one transaction deletes at most: a longer one would hold the status stream back. */
const SLICE = 500;
/** Between slices everything else has its turn. */
const BETWEEN_SLICES_MS = 100;
const EVERY_MS = 600_000;
const FIRST_WITHIN_MS = 2000;

/** Deletes at most so many of what was kept long enough; answers with how many those were. */
export type Retention = (limit: number) => Promise<number>;

/** Deletes, slice by slice, until nothing old is left, and begins again after a while. Any number of processes may run it. */
export const startRetentionWorker = (kinds: Readonly<Record<string, Retention>>, logger: Logger): Stoppable => {
  let deleted: Record<string, number> = {};
  const round = async (): Promise<number> => {
    let isMore = false;
    for (const [kind, retention] of Object.entries(kinds)) {
      const count = await retention(SLICE);
      if (count > 0) deleted[kind] = (deleted[kind] ?? 0) + count;
      isMore ||= count === SLICE;
    }
    if (isMore) return BETWEEN_SLICES_MS;
    if (Object.keys(deleted).length > 0) logger.info({ deleted }, 'deleted what was kept long enough');
    deleted = {};
    return EVERY_MS;
  };
  return new Loop(round, EVERY_MS, (error) =>
    logger.error({ err: error }, 'Deleting what was kept long enough failed; it goes on with the next round.'),
  ).start(within(FIRST_WITHIN_MS));
};
