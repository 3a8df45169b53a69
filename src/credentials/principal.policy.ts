export type PrincipalReadiness =
  /** A revoke call may be on its way: whoever started to use the principal now could lose its grant to it. */
  | 'busy'
  /** A revoke call was on its way after the token was granted: only Slack knows whether the token lived through it. */
  | 'doubtful'
  | 'ready';

/** May a token, known to have been good at `trustedSince`, be put to use now? All times are the database's. */
export const principalReadiness = (revokingUntil: Date | null, trustedSince: Date, now: Date): PrincipalReadiness => {
  if (revokingUntil === null || revokingUntil < trustedSince) return 'ready';
  return revokingUntil > now ? 'busy' : 'doubtful';
};
