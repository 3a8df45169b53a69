import { createHmac } from 'node:crypto';
import type { Grant } from './tokens.ts';
import { randomWord } from './random.ts';

/** Slack takes anything later for a failure. */
const ANSWER_WITHIN_MS = 3000;
const REDIRECTS_FOLLOWED = 2;
/** At once, after a minute, after five more. */
const SLACKS_RETRIES_MS: readonly number[] = [0, 60_000, 300_000];

export type EventPayload = { type: string } & Record<string, unknown>;

/** What the envelope says of an event beside the event. */
export interface EventContext {
  readonly enterpriseId: string | null;
  /** By whose grant the app hears it: Slack names one, whoever else it may be. */
  readonly hearer: { readonly userId: string | undefined; readonly isBot: boolean };
  readonly channelId: string | undefined;
  readonly isExtShared: boolean;
}

/** How one sending differs from what Slack would send now. */
export interface Sending {
  readonly team: string;
  readonly event: EventPayload;
  readonly eventId?: string | undefined;
  /** Unix seconds. */
  readonly eventTime?: number | undefined;
  readonly appId?: string | undefined;
  /** Added to the timestamp that is signed. */
  readonly timestampOffsetSeconds?: number | undefined;
  readonly wrongSignature?: boolean | undefined;
}

export interface EventAnswer {
  /** 0 where there was none. */
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** Why Slack tries again, as it says in `x-slack-retry-reason`. */
type RetryReason = 'http_error' | 'http_timeout' | 'connection_failed' | 'too_many_redirects';

/** What came of one request; without a reason it is not tried again. */
interface Outcome {
  readonly answer: EventAnswer;
  readonly reason: RetryReason | undefined;
}

interface Sender {
  readonly appId: string;
  readonly signingSecret: string;
}

interface Surroundings {
  nowMs(): number;
  later(ms: number, work: () => void): void;
  contextOf(team: string, event: EventPayload): EventContext;
}

/** Tells the app what happened in Slack, as Slack's Events API does. */
export class EventSender {
  /** Where the app listens; null = nobody is told. */
  url: string | null;
  retriesMs: readonly number[] = SLACKS_RETRIES_MS;
  readonly #app: Sender;
  readonly #around: Surroundings;
  #sent = 0;

  constructor(app: Sender, url: string | null, around: Surroundings) {
    this.#app = app;
    this.url = url;
    this.#around = around;
  }

  /** As Slack does it: up to three more tries until the app acknowledges. */
  emit(team: string, event: EventPayload): void {
    if (this.url === null) return;
    const body = this.#bodyOf({ team, event });
    const attempt = async (retry: number, why?: RetryReason): Promise<void> => {
      if (this.url === null) return;
      const again = why && { 'x-slack-retry-num': `${retry}`, 'x-slack-retry-reason': why };
      const { reason } = await this.#post(this.url, body, {}, again);
      const delayMs = this.retriesMs[retry];
      if (reason === undefined || delayMs === undefined) return;
      this.#around.later(delayMs, () => void attempt(retry + 1, reason));
    };
    void attempt(0);
  }

  /** `app_uninstalled` where everything of the team ended, and whose tokens did; both usually come. */
  emitEnded(team: string, ended: readonly Grant[], isUninstalled: boolean): void {
    if (isUninstalled) this.emit(team, { type: 'app_uninstalled' });
    if (ended.length === 0) return;
    const idsOf = (kind: Grant['kind']) => ended.filter((grant) => grant.kind === kind).map(({ userId }) => userId);
    this.emit(team, { type: 'tokens_revoked', tokens: { oauth: idsOf('user'), bot: idsOf('bot') } });
  }

  /** One sending, without retries; answers with what the app said. */
  async send(sending: Sending): Promise<EventAnswer> {
    if (this.url === null) throw new Error('No events URL: POST /control/events {"url": "…/slack/events"} first.');
    return (await this.#post(this.url, this.#bodyOf(sending), sending)).answer;
  }

  #bodyOf({ team, event, eventId, eventTime, appId = this.#app.appId }: Sending): string {
    this.#sent = (this.#sent + 1) % 1_000_000;
    const seconds = eventTime ?? Math.floor(this.#around.nowMs() / 1000);
    const { enterpriseId, hearer, channelId, isExtShared } = this.#around.contextOf(team, event);
    const authorization = {
      enterprise_id: enterpriseId,
      team_id: team,
      user_id: hearer.userId,
      is_bot: hearer.isBot,
      is_enterprise_install: false,
    };
    const context = JSON.stringify({ et: event.type, tid: team, aid: appId, cid: channelId });
    return JSON.stringify({
      token: 'a-token-that-proves-nothing',
      team_id: team,
      enterprise_id: enterpriseId ?? undefined,
      api_app_id: appId,
      event: { event_ts: `${seconds}.${String(this.#sent).padStart(6, '0')}`, ...event },
      type: 'event_callback',
      event_id: eventId ?? `Ev${randomWord(10).toUpperCase()}`,
      event_time: seconds,
      authorizations: [authorization],
      is_ext_shared_channel: isExtShared,
      event_context: `4-${Buffer.from(context).toString('base64url')}`,
    });
  }

  async #post(url: string, body: string, how: Partial<Sending>, again: Record<string, string> = {}): Promise<Outcome> {
    const timestamp = `${Math.floor(Date.now() / 1000) + (how.timestampOffsetSeconds ?? 0)}`;
    const secret = how.wrongSignature === true ? 'somebody-elses-secret' : this.#app.signingSecret;
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;
    const startedAt = performance.now();
    const took = (): number => Math.round(performance.now() - startedAt);
    try {
      const response = await followed(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signature,
          ...again,
        },
        body,
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      const answer = { status: response.status, body: await response.text(), ms: took() };
      const isOver = response.ok || response.headers.get('x-slack-no-retry') === '1';
      if (isOver) return { answer, reason: undefined };
      return { answer, reason: isRedirect(response) ? 'too_many_redirects' : 'http_error' };
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      const answer = { status: 0, body: String(error), ms: took() };
      return { answer, reason: isLate ? 'http_timeout' : 'connection_failed' };
    }
  }
}

const isRedirect = ({ status, headers }: Response): boolean =>
  status >= 300 && status < 400 && headers.get('location') !== null;

/** The same request where the app says to go; the last answer may be a redirect too many. */
async function followed(url: string, request: RequestInit): Promise<Response> {
  let at = url;
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetch(at, { ...request, redirect: 'manual' });
    if (!isRedirect(response) || redirects === REDIRECTS_FOLLOWED) return response;
    await response.body?.cancel();
    at = new URL(response.headers.get('location') ?? '', at).href;
  }
}
