import type { EntityManager } from '@mikro-orm/postgresql';
import { EncryptionKeyCheckEntity } from './encryption-key-check.entity.ts';

/** Any number that no other advisory lock of this project uses. */
const LOCK_KEY = 7_420_032;

export interface KeyCheck {
  readonly keyId: string;
  readonly sealed: Uint8Array;
}

export class KeyCheckRepository {
  /** Held until the transaction ends: of processes that start together, one writes the first check. */
  async lock(em: EntityManager): Promise<void> {
    await em.execute('select pg_advisory_xact_lock(?)', [LOCK_KEY]);
  }

  all(em: EntityManager): Promise<KeyCheck[]> {
    return em.find(EncryptionKeyCheckEntity, {}, { orderBy: { createdAt: 'asc' } });
  }

  /** The checks of all other keys: nothing is sealed with them any more. */
  removeOthers(em: EntityManager, keyId: string): Promise<number> {
    return em.nativeDelete(EncryptionKeyCheckEntity, { keyId: { $ne: keyId } });
  }

  async add(em: EntityManager, keyId: string, sealed: Buffer, createdAt: Date): Promise<void> {
    await em.insert(EncryptionKeyCheckEntity, { keyId, sealed, createdAt });
  }
}
