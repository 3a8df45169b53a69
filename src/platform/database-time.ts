import type { EntityManager } from '@mikro-orm/postgresql';

/** The start of the running transaction by the database's clock: the only clock that all processes share. */
export const databaseNow = async (em: EntityManager): Promise<Date> => {
  const [row] = await em.execute<{ now: string }[]>('select now() as now');
  if (row === undefined) throw new Error('The database did not say what time it is.');
  return new Date(row.now);
};

export const secondsAfter = (time: Date, seconds: number): Date => new Date(time.getTime() + seconds * 1000);
