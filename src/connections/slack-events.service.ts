import pLimit from 'p-limit';
import type { AccessTokens } from '../credentials/access-tokens.service.ts';
import type { CredentialVault } from '../credentials/credential-vault.service.ts';
import type { EndedGrants } from '../credentials/ended-grants.service.ts';
import type { Clock } from '../platform/clock.ts';
import type { TeamId } from '../platform/ids.ts';
import type { Logger } from '../platform/logger.ts';
import type { Secret } from '../platform/secret.ts';
import type { SlackGateway } from '../slack/gateway.ts';
import {
  endsByItself,
  leftBy,
  MAX_EVENT_ATTEMPTS,
  problemCodeOf,
  readEventBody,
  retryDelaySeconds,
  type ChannelChange,
  type SlackEvent,
  type TokenChange,
} from './slack-events.policy.ts';
import type { ClaimedEvent, NamedRow, SlackEventsRepository } from './slack-events.repository.ts';
import { checkSignature, type SignedRequest } from './slack-signature.policy.ts';

/** Thousands may have authorized a team that uninstalls: everything else goes on to have connections and Slack's ear. */
const ENDED_AT_ONCE = 5;

export type Receipt =
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'refused'; readonly reason: 'SIGNATURE' | 'STALE' | 'OTHER_APP' | 'MALFORMED' }
  /** Not stored in the time that Slack waits: it sends it again. */
  | { readonly kind: 'unavailable' };

/** Implemented to the right: what is known of a team's conversations. */
export interface ChannelEvents {
  apply(appId: string, teamId: TeamId, change: ChannelChange): Promise<void>;
}

/** Slack takes anything later than 3 s for a failure. */
const STORE_WITHIN_MS = 2500;
const FORGET_SLICE = 1000;

/** Receives Slack's events, each once, and makes them take effect later: no answer waits for any work. */
export class SlackEventsService {
  constructor(
    private readonly rows: SlackEventsRepository,
    private readonly tokens: AccessTokens,
    private readonly vault: CredentialVault,
    private readonly endedGrants: EndedGrants,
    private readonly slack: SlackGateway,
    private readonly channels: ChannelEvents,
    private readonly signingSecret: Secret,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly onStored: () => void,
  ) {}

  async receive(request: SignedRequest): Promise<Receipt> {
    const verdict = checkSignature(request, this.signingSecret, this.clock.now().getTime() / 1000);
    if (verdict !== 'ok') return { kind: 'refused', reason: verdict === 'stale' ? 'STALE' : 'SIGNATURE' };
    const body = readEventBody(request.body);
    if (body.kind === 'malformed') return { kind: 'refused', reason: 'MALFORMED' };
    if (body.kind === 'challenge') return body;
    return inTime(this.#keep(body.kind === 'event' ? body.event : undefined, appIdOf(body)));
  }

  /** Works on what is due; answers with how many there were. */
  async processDue(limit: number): Promise<number> {
    const events = await this.rows.claim(limit);
    await Promise.all(events.map((event) => this.#process(event)));
    return events.length;
  }

  /** Events are known for a week: Slack sends none again after that. */
  async forgetOld(): Promise<void> {
    while ((await this.rows.forget(FORGET_SLICE)) === FORGET_SLICE);
  }

  async #keep(event: SlackEvent | undefined, appId: string): Promise<Receipt> {
    const ours = await this.rows.isOurApp(appId);
    if (ours === 'no') return { kind: 'refused', reason: 'OTHER_APP' };
    // The secret that it is signed with is one app's alone; before the first install there is nothing that it could change.
    if (event !== undefined && ours === 'yes' && (await this.rows.store(event))) this.onStored();
    return { kind: 'acknowledged' };
  }

  /** Never throws: what fails comes again. */
  async #process(event: ClaimedEvent): Promise<void> {
    try {
      const newer = await this.rows.overtaking(event.eventId);
      const change = newer === undefined ? event.change : leftBy(newer, event.change);
      const isDone = change === undefined || (await this.#apply({ ...event, change }));
      if (isDone || event.attempts >= MAX_EVENT_ATTEMPTS) await this.rows.finish(event.eventId);
      else await this.rows.postpone(event.eventId, retryDelaySeconds(event.attempts));
      if (!isDone) this.#log(event, 'An event of Slack could not take effect yet.');
    } catch (error) {
      this.logger.error({ err: error, eventId: event.eventId, kind: event.change.kind }, 'An event of Slack failed.');
    }
  }

  /** False where it has to be tried again. */
  async #apply(event: ClaimedEvent): Promise<boolean> {
    const { appId, teamId, change } = event;
    switch (change.kind) {
      case 'uninstalled':
      case 'revoked':
        return this.#endNamed(event, change);
      case 'teamRenamed':
        await this.rows.renameTeam(teamId, change.name);
        return true;
      default:
        await this.channels.apply(appId, teamId, change);
        return true;
    }
  }

  async #endNamed(event: ClaimedEvent, change: TokenChange): Promise<boolean> {
    const named = await this.rows.named(event.appId, event.teamId, change);
    const inTurn = pLimit(ENDED_AT_ONCE);
    const done = await Promise.all(named.map((row) => inTurn(() => this.#endOne(event, change, row))));
    return done.every(Boolean);
  }

  async #endOne(event: ClaimedEvent, change: TokenChange, row: NamedRow): Promise<boolean> {
    if (endsByItself(change, event.eventTime, row)) return this.#end(event, row, problemCodeOf(change));
    const answer = await this.tokens.call(row.id, (token) => this.slack.authTest(token));
    switch (answer.kind) {
      case 'ok':
        this.#log(event, 'An event of Slack named an authorization that works: it stays.');
        return true;
      case 'unusable':
        return true;
      case 'refused':
        return (await this.endedGrants.judge(answer.error, event)) === 'ended'
          ? this.#end(event, row, answer.error)
          : false;
      default:
        return false;
    }
  }

  /** False where the row has moved on or a refresh is under way: the next try looks again. */
  async #end(event: ClaimedEvent, { id, version }: NamedRow, problemCode: string): Promise<boolean> {
    const isEnded = await this.vault.markEnded(id, version, problemCode);
    if (isEnded) this.#log(event, 'An event of Slack ended an authorization.');
    return isEnded;
  }

  #log({ eventId, teamId, attempts, change }: ClaimedEvent, message: string): void {
    this.logger.info({ eventId, teamId, attempts, kind: change.kind }, message);
  }
}

const appIdOf = (body: { kind: 'event'; event: SlackEvent } | { kind: 'other'; appId: string }): string =>
  body.kind === 'event' ? body.event.appId : body.appId;

const inTime = async (work: Promise<Receipt>): Promise<Receipt> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Receipt>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'unavailable' }), STORE_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    // What fails after the answer was sent is nobody's rejection any more.
    work.catch(() => undefined);
  }
};
