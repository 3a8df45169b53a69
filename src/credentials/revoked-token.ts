import type { CredentialId, RevocationId } from '../platform/ids.ts';
import type { Credential } from './credential.entity.ts';
import { credentialContext } from './credential-vault.service.ts';
import type { SealContext, SealContexts } from './sealing.ts';

type Owner = Pick<Credential, 'appId' | 'teamId' | 'slackUserId'>;

/** What a token that is to be revoked is sealed for, by whoever could open it before. */
export const revocationContext = (id: RevocationId, owner: Owner): SealContext => ({
  purpose: 'revocation',
  appId: owner.appId,
  teamId: owner.teamId,
  principal: owner.slackUserId,
  rowId: id,
  field: 'token',
});

/** Where the process that recorded it did not list its key, it is sealed as the credential held it. */
export const revocationContexts = (id: RevocationId, owner: Owner & { readonly id: CredentialId }): SealContexts => [
  revocationContext(id, owner),
  credentialContext(owner, 'access_token'),
  credentialContext(owner, 'refresh_token'),
];
