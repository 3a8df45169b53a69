import type { SlackUserId, TeamId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import type { PrincipalKind } from './credential.entity.ts';

/** (app, team, bot or person): whom Slack gave tokens to. */
export interface Principal {
  readonly appId: string;
  readonly teamId: TeamId;
  readonly slackUserId: SlackUserId;
  readonly kind: PrincipalKind;
}

/** Tokens as Slack granted them to one principal. */
export interface GrantedTokens {
  readonly token: Secret;
  readonly refreshToken?: Secret;
  readonly expiresInSeconds?: number;
  readonly scopes: readonly string[];
}

/** What Slack granted and nobody here will use. */
export interface RefusedGrant {
  readonly principal: Principal;
  readonly tokens: readonly Secret[];
}

/** When the grants of a principal may have ended, as far as is known. */
export interface SignsOfEnding {
  /** Until when a revoke call of ours may be on its way. */
  readonly revokingUntil: Date | null;
  /** When Slack last refused a token of it, or told that it is uninstalled or revoked. */
  readonly refusedAt: Date | null;
  readonly toldAt: Date | null;
}

export type PrincipalReadiness =
  /** A revoke call may be on its way: whoever started to use the principal now could lose its grant to it. */
  | 'busy'
  /** A grant of the principal ended after the token was granted: only Slack knows whether the token lived through it. */
  | 'doubtful'
  | 'ready';

/** May a token, known to have been good at `trustedSince`, be put to use now? All times are the database's. */
export const principalReadiness = (
  { revokingUntil, refusedAt, toldAt }: SignsOfEnding,
  trustedSince: Date,
  now: Date,
): PrincipalReadiness => {
  const signs = [revokingUntil, refusedAt, toldAt].filter((at) => at !== null && at >= trustedSince);
  if (signs.length === 0) return 'ready';
  return revokingUntil !== null && revokingUntil > now ? 'busy' : 'doubtful';
};

/** What is known of the grant that a principal has at present. */
export interface StoredGrant {
  readonly accessToken: Uint8Array | null;
  readonly problemCode: string | null;
  readonly grantedAt: Date | null;
}

/** An install may be completed long after Slack granted it: a grant that is newer, and that lives, stays. */
export const isOutdated = (grantedAt: Date, stored: StoredGrant): boolean =>
  stored.accessToken !== null &&
  stored.problemCode === null &&
  stored.grantedAt !== null &&
  grantedAt < stored.grantedAt;
