import type { Principal, RefusedGrant } from '../credentials/principal.policy.ts';
import type { Sealer, SealContext } from '../credentials/sealing.ts';
import type { TeamOfGrant } from '../connections/connecting.service.ts';
import { Secret } from '../platform/secret.ts';
import type { Install } from './install.entity.ts';
import type { GrantPart } from './install.policy.ts';

/** What Slack granted, between the callback and the claim. */
export interface PendingGrant extends GrantPart {
  readonly team: TeamOfGrant;
  /** What Slack shows as the author. */
  readonly name: string | null;
}

interface Written {
  readonly principal: Principal;
  readonly team: TeamOfGrant;
  readonly name: string | null;
  readonly token: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number | null;
  readonly scopes: readonly string[];
}

export type GrantOwner = Pick<Install, 'id' | 'userId' | 'workspaceId' | 'expectedTeamId'>;

export const grantContext = (install: GrantOwner): SealContext => ({
  purpose: 'install-grant',
  appId: install.workspaceId,
  teamId: install.expectedTeamId ?? '',
  principal: install.userId,
  rowId: install.id,
  field: 'grant_sealed',
});

export const refusedGrant = ({ principal, tokens }: GrantPart): RefusedGrant => ({
  principal,
  tokens: tokens.refreshToken === undefined ? [tokens.token] : [tokens.token, tokens.refreshToken],
});

/** Seals a grant for its own install alone: for its workspace, its user and its expected team. */
export class PendingGrants {
  constructor(private readonly sealer: Sealer) {}

  seal(install: GrantOwner, { principal, team, name, tokens }: PendingGrant): Buffer {
    const written: Written = {
      principal,
      team,
      name,
      token: tokens.token.reveal(),
      refreshToken: tokens.refreshToken?.reveal() ?? null,
      expiresInSeconds: tokens.expiresInSeconds ?? null,
      scopes: tokens.scopes,
    };
    return this.sealer.seal(new Secret(JSON.stringify(written)), grantContext(install));
  }

  open(install: GrantOwner & { readonly grantSealed: Uint8Array }): PendingGrant {
    const written = JSON.parse(this.sealer.open(install.grantSealed, grantContext(install)).reveal()) as Written;
    const { principal, team, name, token, refreshToken, expiresInSeconds, scopes } = written;
    const tokens = {
      token: new Secret(token),
      scopes,
      ...(refreshToken === null ? {} : { refreshToken: new Secret(refreshToken) }),
      ...(expiresInSeconds === null ? {} : { expiresInSeconds }),
    };
    return { principal, team, name, tokens };
  }
}
