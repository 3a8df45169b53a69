import { LogLevel, WebClient, type FetchFunction, type Logger } from '@slack/web-api';
import type { Secret } from '../platform/secret.ts';
import type { Exchange } from './exchange.policy.ts';
import type { Deadline } from './gateway.ts';
import type { HttpTransport } from './http-transport.ts';

export type Call = (client: WebClient) => Promise<unknown>;

/** What a call brings along, of which the SDK's client knows nothing. */
export interface CallContext {
  readonly token: Secret | undefined;
  readonly deadline: Deadline;
  /** Called when the whole request was handed to the network. */
  readonly onSent: (() => void) | undefined;
}

/** The SDK's debug lines hold client secrets, OAuth codes and message texts, so none of its lines goes anywhere. */
const silent: Logger = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  setName: () => {},
  getLevel: () => LogLevel.ERROR,
};

const NOT_MADE: Exchange = { kind: 'notStarted', reason: 'SETUP', detail: 'The request could not be made.' };

/**
 * What the SDK hears of every request that was made: it would read what came, and write it out for a debug line. The
 * judgement on every answer is made from the exchange.
 */
const HEARD: Awaited<ReturnType<FetchFunction>> = {
  ok: true,
  status: 200,
  statusText: '',
  url: '',
  // Of our own: for Headers Node loads its whole fetch, 20 ms of each start.
  headers: { get: () => null, entries: () => [].values() },
  arrayBuffer: () => Promise.reject(new Error('No answer is read as bytes.')),
  json: () => Promise.resolve({ ok: true }),
  text: () => Promise.resolve('{"ok":true}'),
};

/**
 * One client of the SDK, for one call after another and never for two at once: making one binds every method of Slack's
 * API, which costs a tenth of a send. It holds no token: that goes into the request's header here, for its own call alone,
 * since a client shared by tokens has sent one tenant's token as another's. Nor has it a timeout: the deadline is the
 * transport's.
 */
export class ReusedClient {
  readonly #client: WebClient;
  #open: { readonly context: CallContext; exchange?: Exchange } | undefined;

  constructor(
    apiUrl: string,
    private readonly transport: HttpTransport,
  ) {
    this.#client = new WebClient(undefined, {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      logger: silent,
      fetch: (url, init) => this.#send(String(url), init),
    });
  }

  async exchange(call: Call, context: CallContext): Promise<Exchange> {
    if (this.#open !== undefined) throw new Error('A client has one call at a time.');
    const open: { context: CallContext; exchange?: Exchange } = { context };
    this.#open = open;
    try {
      await call(this.#client);
    } catch {
      // A request that could not be made says so by its exchange.
    } finally {
      this.#open = undefined;
    }
    return open.exchange ?? NOT_MADE;
  }

  async #send(url: string, { headers = {}, body }: NonNullable<Parameters<FetchFunction>[1]> = {}) {
    const open = this.#open;
    if (open === undefined || open.exchange !== undefined)
      throw new Error('A second request for one call is never made.');
    open.exchange = NOT_MADE;
    if (typeof body !== 'string') throw new TypeError('Only form-encoded requests are made.');
    const { token, deadline, onSent } = open.context;
    const authorization = token === undefined ? {} : { Authorization: `Bearer ${token.reveal()}` };
    const post = { url: new URL(url), headers: { ...headers, ...authorization }, body, ...(onSent && { onSent }) };
    open.exchange = await this.transport.send(post, deadline);
    return HEARD;
  }
}
