/**
 * Every advisory lock that is taken in the database. All of them are here, since two uses of one number would wait for each
 * other, and a process that freezes over the one would hold up all that need the other.
 */
export const ADVISORY_LOCKS = {
  MIGRATIONS: 7_420_031,
  /** One process moves due rows at a time: order within a lane is drawn by one hand. */
  MOVER: 7_420_032,
  /** The first of two numbers; the second is of a team. */
  TEAMS: 7_420_033,
  /** One process adds up at a time: two would wait for each other's rows. */
  COUNTS: 7_420_034,
  /** One process deletes at a time: of two, each could wait for a row that the other sends on to nowhere. */
  RETENTION: 7_420_035,
  /** Of processes that start together, one writes the first check. */
  KEY_CHECK: 7_420_036,
} as const;
