import type { SealedRowsRepository, TokenColumn } from './sealed-rows.repository.ts';
import { credentialContext } from './credential-vault.service.ts';
import type { KeyCheckService } from './key-check.service.ts';
import { revocationContexts } from './revoked-token.ts';
import { keyIdOf, SealError, sealedPrefix, type SealContexts, type Sealer } from './sealing.ts';

/** A value that is sealed with another key than the first. */
export interface SealedValue {
  readonly id: string;
  readonly sealed: Uint8Array;
  /** What it may be sealed for now; the first is what it is sealed for anew. */
  readonly contexts: SealContexts;
  /** Writes it back unless it was changed since it was read. */
  replace(sealed: Buffer): Promise<boolean>;
}

/** A column of sealed values, read in slices in the order of its ids. */
export interface SealedColumn {
  readonly name: string;
  /** Those that do not begin with `prefix`. */
  slice(prefix: Buffer, after: string, limit: number): Promise<readonly SealedValue[]>;
}

export interface UnreadableValue {
  readonly column: string;
  readonly id: string;
  readonly keyId: string | undefined;
}

export interface KeyRotation {
  readonly keyId: string;
  readonly sealedAnew: number;
  /** Sealed with a key that is not listed, or tampered with: reported and left as they are. */
  readonly unreadable: readonly UnreadableValue[];
  /** Servers kept changing these; none is left as a rule. */
  readonly leftOver: number;
}

const SLICE = 100;
/** A value that a server changed meanwhile is looked at again; one whose servers never rest must not keep us for ever. */
const MAX_PASSES = 20;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

type Count = { sealedAnew: number; changed: number; unreadable: UnreadableValue[] };

/** Seals every value anew with the first key, beside running servers: each write misses where the row was changed. */
export class KeyRotationService {
  constructor(
    private readonly columns: readonly SealedColumn[],
    private readonly sealer: Sealer,
    private readonly keyCheck: KeyCheckService,
  ) {}

  async rotate(onProgress: (column: string, sealedAnew: number) => void): Promise<KeyRotation> {
    await this.keyCheck.verify();
    const total: Count = { sealedAnew: 0, changed: 0, unreadable: [] };
    for (const column of this.columns) {
      const count = await this.#column(column);
      total.sealedAnew += count.sealedAnew;
      total.changed += count.changed;
      total.unreadable.push(...count.unreadable);
      onProgress(column.name, count.sealedAnew);
    }
    // Only then may the other keys be missing at the next start.
    if (total.unreadable.length === 0 && total.changed === 0) await this.keyCheck.retireOthers();
    const { sealedAnew, unreadable, changed: leftOver } = total;
    return { keyId: this.sealer.currentKeyId, sealedAnew, unreadable, leftOver };
  }

  /** Passes until one finds nothing that was changed under its hands. */
  async #column(column: SealedColumn): Promise<Count> {
    let sealedAnew = 0;
    for (let pass = 1; ; pass += 1) {
      const count = await this.#pass(column);
      sealedAnew += count.sealedAnew;
      if (count.changed === 0 || pass === MAX_PASSES) return { ...count, sealedAnew };
    }
  }

  async #pass(column: SealedColumn): Promise<Count> {
    const count: Count = { sealedAnew: 0, changed: 0, unreadable: [] };
    const prefix = sealedPrefix(this.sealer.currentKeyId);
    for (let after = FIRST_ID; ;) {
      const slice = await column.slice(prefix, after, SLICE);
      for (const value of slice) await this.#value(column, value, count);
      const last = slice.at(-1);
      if (last === undefined) return count;
      after = last.id;
    }
  }

  async #value({ name }: SealedColumn, value: SealedValue, count: Count): Promise<void> {
    try {
      const sealed = this.sealer.seal(this.sealer.openFrom(value.sealed, value.contexts), value.contexts[0]);
      if (await value.replace(sealed)) count.sealedAnew += 1;
      else count.changed += 1;
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      count.unreadable.push({ column: name, id: value.id, keyId: keyIdOf(value.sealed) });
    }
  }
}

const tokenColumn = (rows: SealedRowsRepository, field: TokenColumn): SealedColumn => ({
  name: `credentials.${field}`,
  slice: async (prefix, after, limit) =>
    (await rows.tokens(field, prefix, after, limit)).map((row) => ({
      id: row.id,
      sealed: row.sealed,
      contexts: [credentialContext(row, field)],
      replace: (sealed) => rows.replaceToken(field, row, sealed),
    })),
});

/** Everything that this feature keeps sealed, but for the key checks, which are sealed each with its own key. */
export const credentialColumns = (rows: SealedRowsRepository): SealedColumn[] => [
  tokenColumn(rows, 'access_token'),
  tokenColumn(rows, 'refresh_token'),
  {
    name: 'revocations.token_sealed',
    slice: async (prefix, after, limit) =>
      (await rows.revocations(prefix, after, limit)).map((row) => ({
        id: row.id,
        sealed: row.sealed,
        contexts: revocationContexts(row.id, { ...row, id: row.credentialId }),
        replace: (sealed) => rows.replaceRevocation(row, sealed),
      })),
  },
];
