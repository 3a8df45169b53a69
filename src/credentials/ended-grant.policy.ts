import type { SlackAnswer } from '../slack/gateway.ts';
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

/** Slack says it of a token that it does not know, and of every token to a caller outside the app's IP allow-list. */
const UNKNOWN_OR_BARRED = 'invalid_auth';

/** Does this refusal of auth.test end the grant by itself? Whatever else Slack says there, the grant may live. */
export const meansEnded = (error: string): boolean => ENDED.has(error);

/** Does only a look at another team tell whether it is the grant or the address? */
export const isAmbiguous = (error: string): boolean => error === UNKNOWN_OR_BARRED;

export type EndVerdict =
  | 'ended'
  /** Slack turns another team away as well: it is the address or the app, and no grant has ended. */
  | 'barred'
  | 'unclear';

/** What an ambiguous refusal was, by what auth.test says to a living token of another team. */
export const verdictBy = (witness: SlackAnswer<unknown>): EndVerdict => {
  if (witness.kind === 'ok') return 'ended';
  return witness.kind === 'refused' && isAmbiguous(witness.error) ? 'barred' : 'unclear';
};
