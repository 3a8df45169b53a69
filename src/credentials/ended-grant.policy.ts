import type { CredentialId, TeamId } from '../platform/ids.ts';
import type { PrincipalKind } from './credential.entity.ts';

/** Whom Slack no longer takes tokens of. */
export interface EndedPrincipal {
  readonly id: CredentialId;
  readonly teamId: TeamId;
  readonly kind: PrincipalKind;
}

const ENDED: ReadonlySet<string> = new Set([
  'token_revoked',
  'account_inactive',
  'two_factor_setup_required',
  'user_email_unverified',
]);

/**
 * Is this refusal of auth.test the end of the grant? `invalid_auth` may come from an IP allow-list: it counts only where
 * there is another reason to suspect the grant. Whatever else Slack says there, the grant may live.
 */
export const meansEnded = (error: string, isSuspected: boolean): boolean =>
  ENDED.has(error) || (isSuspected && error === 'invalid_auth');
