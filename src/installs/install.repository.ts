import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import type { InstallId } from '../platform/ids.ts';
import { InstallEntity, type Install } from './install.entity.ts';

/** How long one that is over can be looked into, by whoever operates the server. */
const KEPT_DAYS = 30;
/** An exchange that a crash cut short is over by then; one that is still running is left alone. */
const EXCHANGE_GRACE_SECONDS = 60;

export class InstallRepository {
  find(em: EntityManager, id: InstallId): Promise<Install | null> {
    return em.findOne(InstallEntity, { id }, { refresh: true });
  }

  findByState(em: EntityManager, stateHash: Buffer): Promise<Install | null> {
    return em.findOne(InstallEntity, { stateHash }, { refresh: true });
  }

  findByClaim(em: EntityManager, claimHash: Buffer): Promise<Install | null> {
    return em.findOne(InstallEntity, { claimHash }, { refresh: true });
  }

  /** Before any other lock. */
  lock(em: EntityManager, id: InstallId): Promise<Install | null> {
    return em.findOne(InstallEntity, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true });
  }

  add(em: EntityManager, install: Install): void {
    em.persist(em.create(InstallEntity, install));
  }

  /**
   * Once: of any number of callbacks with one state exactly one gets the install. One that is over stays over: the sweep
   * has been there already, and would find it again for ever.
   */
  async useState(em: EntityManager, stateHash: Buffer): Promise<{ id: InstallId; expired: boolean } | undefined> {
    const [row] = await em.execute<{ id: InstallId; expired: boolean }[]>(
      `update installs set used_at = now(), status = case when finished_at is null then 'EXCHANGING' else status end
       where state_hash = ? and used_at is null
       returning id, finished_at is not null or expires_at <= now() as expired`,
      [stateHash],
    );
    return row;
  }

  async overdue(em: EntityManager, limit: number): Promise<InstallId[]> {
    const rows = await em.execute<{ id: InstallId }[]>(
      `select id from installs
       where status in ('STARTED', 'EXCHANGING', 'PENDING') and finished_at is null
         and expires_at <= now() - case status when 'EXCHANGING' then ? * interval '1 second' else interval '0' end
       order by expires_at limit ?`,
      [EXCHANGE_GRACE_SECONDS, limit],
    );
    return rows.map((row) => row.id);
  }

  async deleteFinished(em: EntityManager, limit: number): Promise<number> {
    const rows = await em.execute<object[]>(
      `delete from installs where id in (
         select id from installs where finished_at < now() - make_interval(days => ?) limit ?) returning id`,
      [KEPT_DAYS, limit],
    );
    return rows.length;
  }
}
