import type { Clock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import type { AccessTokens } from './access-tokens.service.ts';
import type { CredentialRepository } from './credential.repository.ts';
import { isAmbiguous, meansEnded, verdictBy, type EndVerdict } from './ended-grant.policy.ts';
import type { Principal } from './principal.policy.ts';

/** Tells the end of a grant from a server that Slack does not let in, for all who suspect one. */
export class EndedGrants {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialRepository,
    private readonly tokens: AccessTokens,
    private readonly slack: SlackGateway,
    private readonly clock: Clock,
  ) {}

  /**
   * What a refusal of auth.test means for a grant that is suspected already. An `invalid_auth` alone would end every
   * connection once the server's address leaves the IP allow-list: a living token of another team has to be taken from the
   * same address. With no other team there is nothing to compare with, and the suspicion decides.
   */
  async judge(error: string, suspect: Pick<Principal, 'appId' | 'teamId'>, deadlineMs?: number): Promise<EndVerdict> {
    if (!isAmbiguous(error)) return meansEnded(error) ? 'ended' : 'unclear';
    const witness = await this.credentials.findWitness(this.database.em(), suspect);
    if (witness === undefined) return 'ended';
    const opened = await this.tokens.fresh(witness);
    if (opened.kind !== 'ok') return 'unclear';
    const timeoutMs = deadlineMs === undefined ? undefined : Math.max(0, deadlineMs - this.clock.monotonicMs());
    return verdictBy(await this.slack.authTest(opened.token, timeoutMs === undefined ? {} : { timeoutMs }));
  }
}
