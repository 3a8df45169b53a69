import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import type { CredentialId, RevocationId } from '../platform/ids.ts';

/** A token that is gone here and still has to be revoked at Slack. The row goes when it is done. */
export const RevocationEntity = defineEntity({
  name: 'Revocation',
  tableName: 'revocations',
  properties: {
    id: p.uuid().primary().$type<RevocationId>(),
    credentialId: p.uuid().$type<CredentialId>(),
    tokenSealed: p.blob().hidden(),
    attempts: p.integer(),
    nextAttemptAt: p.datetime(),
    lastError: p.text().strictNullable(),
    createdAt: p.datetime(),
  },
});
export type Revocation = InferEntity<typeof RevocationEntity>;
