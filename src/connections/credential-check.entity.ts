import { defineEntity, p } from '@mikro-orm/postgresql';
import type { CredentialId } from '../platform/ids.ts';

/** When a credential is looked at in Slack next. Apart from the credential: a check changes nothing of it. */
export const CredentialCheckEntity = defineEntity({
  name: 'CredentialCheck',
  tableName: 'credential_checks',
  properties: {
    credentialId: p.uuid().primary().$type<CredentialId>(),
    nextCheckAt: p.datetime(),
  },
});
