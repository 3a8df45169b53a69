import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Exchange } from './exchange.policy.ts';
import type { Deadline } from './gateway.ts';
import { ResettableHttpsAgent, takeBack } from './resettable-agent.ts';

// An import reads every name of the module, WebSocket among them, for which Node loads its fetch: 20 ms of each start.
const { Agent: HttpAgent, request: httpRequest } = process.getBuiltinModule('node:http');

export interface HttpPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called when the whole request was handed to the network. */
  readonly onSent?: () => void;
}

/** Idle connections are dropped before Slack's side drops them: a request written into a closing one has no known end. */
const IDLE_CONNECTION_MS = 4_000;
/** A page of 1,000 conversations is about 2 MiB; nothing that Slack answers comes near this. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_TIMER_MS = 2_147_483_647;

class DeadlinePassed extends Error {
  override readonly name = 'TimeoutError';
}

const isTimeout = (error: unknown): boolean => error instanceof DeadlinePassed;

/** Only the error's code is kept: a message of the network stack may quote what was sent. */
const codeOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'no code';
};

const describe = (error: unknown, bytesLeft: boolean): string => {
  if (isTimeout(error)) return bytesLeft ? 'Slack did not answer in time.' : 'No connection to Slack in time.';
  return bytesLeft
    ? `The connection to Slack broke before its answer (${codeOf(error)}).`
    : `Slack could not be reached (${codeOf(error)}).`;
};

const header = (response: IncomingMessage, name: string): string | undefined => {
  const value = response.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
};

const readResponse = (response: IncomingMessage): Promise<Exchange> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (): void =>
      resolve({
        kind: 'answered',
        httpStatus: response.statusCode ?? 0,
        retryAfter: header(response, 'retry-after'),
        oauthScopes: header(response, 'x-oauth-scopes'),
        date: header(response, 'date'),
        complete: response.complete && bytes <= MAX_ANSWER_BYTES,
        body: Buffer.concat(chunks).toString('utf8'),
      });
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) response.destroy();
      else chunks.push(chunk);
    });
    response.on('end', settle);
    response.on('close', settle);
    // A body that breaks off closes as well, and `complete` tells it; unheard, the error would end the process.
    response.on('error', () => {});
  });

/** Calls back once the request may be written: on a kept connection now, on a new one when TCP and TLS stand. */
const whenConnected = (request: ClientRequest, encrypted: boolean, proceed: () => void): void => {
  request.once('socket', (socket) => {
    if (request.reusedSocket) proceed();
    else socket.once(encrypted ? 'secureConnect' : 'connect', proceed);
  });
};

/**
 * One POST over node:http, with everything known about it afterwards. Nothing of a request is written before its
 * connection stands, so "not a byte left" is a fact and not a guess from an error's code; `fetch` cannot tell that a
 * timeout fell into the connection set-up.
 */
export class HttpTransport {
  readonly #plain = new HttpAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });
  readonly #encrypted = new ResettableHttpsAgent({ keepAlive: true, timeout: IDLE_CONNECTION_MS });

  /** Never rejects. */
  async send(post: HttpPost, deadline: Deadline): Promise<Exchange> {
    const remainingMs = deadline.at - deadline.clock.monotonicMs();
    if (!(remainingMs > 0))
      return { kind: 'notStarted', reason: 'DEADLINE', detail: 'The time was over before sending.' };
    try {
      return await this.#exchange(post, deadline, remainingMs);
    } catch (error) {
      return { kind: 'notStarted', reason: 'SETUP', detail: `The request could not be made (${codeOf(error)}).` };
    }
  }

  close(): void {
    this.#plain.destroy();
    this.#encrypted.destroy();
  }

  #open({ url, headers }: HttpPost): ClientRequest {
    const options = { method: 'POST', headers: { ...headers } };
    return url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: this.#encrypted })
      : httpRequest(url, { ...options, agent: this.#plain });
  }

  #exchange(post: HttpPost, deadline: Deadline, remainingMs: number): Promise<Exchange> {
    return new Promise((resolve) => {
      const request = this.#open(post);
      let bytesLeft = false;
      let isLate = false;
      const giveUp = (): void => {
        isLate = true;
        if (bytesLeft) takeBack(request.socket);
        request.destroy(new DeadlinePassed());
        // While there is no connection, nothing would be heard of it before there is one.
        if (!bytesLeft) settle({ kind: 'noAnswer', bytesLeft, detail: describe(new DeadlinePassed(), bytesLeft) });
      };
      const timer = setTimeout(giveUp, Math.min(remainingMs, MAX_TIMER_MS));
      const settle = (exchange: Exchange): void => {
        clearTimeout(timer);
        resolve(exchange);
      };
      request.on('error', (error) => {
        const cause = isLate ? new DeadlinePassed() : error;
        settle({ kind: 'noAnswer', bytesLeft, detail: describe(cause, bytesLeft) });
      });
      let responded = false;
      request.on('response', (response) => {
        responded = true;
        void readResponse(response).then(settle);
      });
      // The last word in every case, also where the other side answers something that is not HTTP to its end.
      request.on('close', () => {
        if (!responded) settle({ kind: 'noAnswer', bytesLeft, detail: describe(undefined, bytesLeft) });
      });
      whenConnected(request, post.url.protocol === 'https:', () => {
        if (deadline.clock.monotonicMs() >= deadline.at) {
          request.destroy(new DeadlinePassed());
          return;
        }
        bytesLeft = true;
        request.end(post.body, post.onSent);
      });
    });
  }
}
