import type { SealedColumn } from '../credentials/key-rotation.service.ts';
import { grantContext } from './pending-grant.service.ts';
import type { SealedGrantsRepository } from './sealed-grants.repository.ts';

/** What a change of keys has to seal anew of this feature. */
export const grantColumn = (rows: SealedGrantsRepository): SealedColumn => ({
  name: 'installs.grant_sealed',
  slice: async (prefix, after, limit) =>
    (await rows.grants(prefix, after, limit)).map((row) => ({
      id: row.id,
      sealed: row.sealed,
      contexts: [grantContext(row)],
      replace: (sealed) => rows.replace(row, sealed),
    })),
});
