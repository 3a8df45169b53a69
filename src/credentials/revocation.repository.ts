import type { EntityManager } from '@mikro-orm/postgresql';
import type { CredentialId, RevocationId } from '../platform/ids.ts';
import { RevocationEntity, type Revocation } from './revocation.entity.ts';

export class RevocationRepository {
  find(em: EntityManager, id: RevocationId): Promise<Revocation | null> {
    return em.findOne(RevocationEntity, { id }, { refresh: true });
  }

  async due(em: EntityManager, limit: number): Promise<RevocationId[]> {
    const rows = await em.execute<{ id: RevocationId }[]>(
      'select id from revocations where next_attempt_at <= now() order by next_attempt_at limit ?',
      [limit],
    );
    return rows.map((row) => row.id);
  }

  add(em: EntityManager, revocation: Omit<Revocation, 'attempts' | 'lastError'>): void {
    em.persist(em.create(RevocationEntity, { ...revocation, attempts: 0, lastError: null }));
  }

  putOff(em: EntityManager, credentialId: CredentialId, until: Date): Promise<number> {
    return em.nativeUpdate(RevocationEntity, { credentialId, nextAttemptAt: { $lt: until } }, { nextAttemptAt: until });
  }

  remove(em: EntityManager, id: RevocationId): Promise<number> {
    return em.nativeDelete(RevocationEntity, { id });
  }

  removeOfPrincipal(em: EntityManager, credentialId: CredentialId): Promise<number> {
    return em.nativeDelete(RevocationEntity, { credentialId });
  }
}
