import type { GrantedTokens, Principal } from '../credentials/principal.policy.ts';
import type { TeamId } from '../platform/ids.ts';
import type { OAuthGrant } from '../slack/gateway.ts';
import type { InstallIntent } from './install.entity.ts';

/** Why a trip ended without a grant; part of the contract with `returnTo`. */
export type InstallFailure =
  | 'ACCESS_DENIED'
  | 'STATE_INVALID'
  | 'STATE_EXPIRED'
  | 'STATE_USED'
  | 'TEAM_MISMATCH'
  | 'ENTERPRISE_INSTALL_UNSUPPORTED'
  | 'SLACK_ERROR';

/** The tokens of one principal in Slack's answer; an answer may hold two. */
export interface GrantPart {
  readonly principal: Principal;
  readonly tokens: GrantedTokens;
}

export type GrantJudgement =
  /** `others`: what Slack sent along and this trip did not ask for. Never stored. */
  | { readonly kind: 'accepted'; readonly kept: GrantPart; readonly others: readonly GrantPart[] }
  | {
      readonly kind: 'refused';
      readonly code: InstallFailure;
      readonly reason: string;
      readonly parts: readonly GrantPart[];
    };

const partsOf = (grant: OAuthGrant): GrantPart[] => {
  // An org-wide grant has no team: its principals are the organisation's.
  const teamId = grant.team?.id ?? (grant.enterprise?.id as TeamId | undefined) ?? ('' as TeamId);
  const parts: GrantPart[] = [];
  if (grant.bot !== undefined) {
    const { userId, ...tokens } = grant.bot;
    parts.push({ principal: { appId: grant.appId, teamId, slackUserId: userId, kind: 'BOT' }, tokens });
  }
  if (grant.user.token !== undefined) {
    const { id, token, ...rest } = grant.user;
    parts.push({
      principal: { appId: grant.appId, teamId, slackUserId: id, kind: 'USER' },
      tokens: { ...rest, token },
    });
  }
  return parts;
};

/** Compared after the exchange and before any write: Slack's `team` parameter is a hint, and people pick other teams. */
export const judgeGrant = (
  grant: OAuthGrant,
  expected: { intent: InstallIntent; teamId: TeamId | null },
): GrantJudgement => {
  const parts = partsOf(grant);
  const refused = (code: InstallFailure, reason: string): GrantJudgement => ({ kind: 'refused', code, reason, parts });
  if (grant.isEnterpriseInstall || grant.team === null) {
    return refused('ENTERPRISE_INSTALL_UNSUPPORTED', 'the app was installed on a whole organisation');
  }
  if (expected.teamId !== null && grant.team.id !== expected.teamId) {
    return refused('TEAM_MISMATCH', 'another Slack team was chosen');
  }
  if (grant.bot?.userId === grant.user.id) {
    // Whose the tokens are nobody knows then, so they are not given back either.
    return { kind: 'refused', code: 'SLACK_ERROR', reason: 'a bot and a person had the same id', parts: [] };
  }
  if (grant.unnamed !== undefined) return refused('SLACK_ERROR', 'the answer held a token and not whose it is');
  const wanted = expected.intent === 'WORKSPACE' ? 'BOT' : 'USER';
  const kept = parts.find(({ principal }) => principal.kind === wanted);
  if (kept === undefined) return refused('SLACK_ERROR', `the answer held no ${wanted.toLowerCase()} token`);
  return { kind: 'accepted', kept, others: parts.filter((part) => part !== kept) };
};
