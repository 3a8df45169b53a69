import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../platform/database.ts';
import { databaseNow } from '../platform/database-time.ts';
import { Secret } from '../platform/secret.ts';
import type { KeyCheck, KeyCheckRepository } from './key-check.repository.ts';
import { SealError, type Sealer, type SealContext } from './sealing.ts';

const KNOWN_TEXT = new Secret('heliograph');

const contextOf = (keyId: string): SealContext => ({
  purpose: 'key-check',
  appId: '',
  teamId: '',
  principal: '',
  rowId: keyId,
  field: 'known_text',
});

/** The configured keys are not those that the tokens of this database were sealed with. */
export class EncryptionKeysError extends Error {
  override readonly name = 'EncryptionKeysError';

  constructor() {
    super(
      'TOKEN_ENCRYPTION_KEYS does not fit this database: its tokens were sealed with other keys. ' +
        'Give the keys that it was used with (a new one goes behind them first), or point DATABASE_URL at the right database.',
    );
  }
}

export class KeyCheckService {
  constructor(
    private readonly database: Database,
    private readonly checks: KeyCheckRepository,
    private readonly sealer: Sealer,
  ) {}

  /** Throws EncryptionKeysError unless every key that this database was used with is configured, under its own id. */
  async verify(): Promise<void> {
    await this.database.transaction(async (em) => {
      await this.checks.lock(em);
      const known = await this.#known(em);
      if (!known.some((check) => check.keyId === this.sealer.currentKeyId)) await this.#addCurrent(em);
    });
  }

  /** The same without making the first key known to the database: for who only looks. */
  async look(): Promise<void> {
    await this.#known(this.database.em());
  }

  /** When every value is sealed with the first key: the others may then be missing at the next start. */
  async retireOthers(): Promise<void> {
    await this.database.transaction(async (em) => {
      await this.checks.lock(em);
      await this.checks.removeOthers(em, this.sealer.currentKeyId);
    });
  }

  async #known(em: EntityManager): Promise<KeyCheck[]> {
    const known = await this.checks.all(em);
    if (!known.every((check) => this.#opens(check))) throw new EncryptionKeysError();
    return known;
  }

  async #addCurrent(em: EntityManager): Promise<void> {
    const keyId = this.sealer.currentKeyId;
    await this.checks.add(em, keyId, this.sealer.seal(KNOWN_TEXT, contextOf(keyId)), await databaseNow(em));
  }

  #opens({ keyId, sealed }: KeyCheck): boolean {
    try {
      return this.sealer.open(sealed, contextOf(keyId)).reveal() === KNOWN_TEXT.reveal();
    } catch (error) {
      if (error instanceof SealError) return false;
      throw error;
    }
  }
}
