import { defineEntity, p } from '@mikro-orm/postgresql';

/** A known text sealed with an encryption key: whoever cannot open it has other keys. */
export const EncryptionKeyCheckEntity = defineEntity({
  name: 'EncryptionKeyCheck',
  tableName: 'encryption_key_checks',
  properties: {
    keyId: p.text().primary(),
    sealed: p.blob().hidden(),
    createdAt: p.datetime(),
  },
});
