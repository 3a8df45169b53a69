import type { Tunables } from './tunables.ts';

/** Slack's rate limits. Every `take` answers the milliseconds to wait; 0 means the call may go on. */
export class Limits {
  readonly #tunables: Tunables;
  readonly #monotonicMs: () => number;
  readonly #channels = new Map<string, { tokens: number; at: number }>();
  readonly #minutes = new Map<string, { startedAt: number; count: number }>();

  constructor(tunables: Tunables, monotonicMs: () => number) {
    this.#tunables = tunables;
    this.#monotonicMs = monotonicMs;
  }

  /** The per-channel bucket is shared by every way of posting and by every token. */
  takePost(teamId: string, channelId: string): number {
    const inChannel = this.#takeFromBucket(channelId);
    if (inChannel > 0) return inChannel;
    return this.#takeFromMinute(`posts ${teamId}`, this.#tunables.teamPostsPerMinute);
  }

  takeCall(teamId: string, method: string): number {
    return this.#takeFromMinute(`${method} ${teamId}`, this.#tunables.methodsPerMinute[method] ?? 0);
  }

  reset(): void {
    this.#channels.clear();
    this.#minutes.clear();
  }

  #takeFromBucket(key: string): number {
    const perSecond = this.#tunables.channelPostsPerSecond;
    if (perSecond === 0) return 0;
    const now = this.#monotonicMs();
    const bucket = this.#channels.get(key);
    if (bucket === undefined) {
      this.#channels.set(key, { tokens: this.#tunables.channelBurst - 1, at: now });
      return 0;
    }
    bucket.tokens = Math.min(this.#tunables.channelBurst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    // A client that waits exactly as told must not fail by the rounding of a float.
    if (bucket.tokens > 1 - 1e-6) {
      bucket.tokens -= 1;
      return 0;
    }
    return ((1 - bucket.tokens) / perSecond) * 1000;
  }

  #takeFromMinute(key: string, perMinute: number): number {
    if (perMinute === 0) return 0;
    const now = this.#monotonicMs();
    const window = this.#minutes.get(key);
    if (window === undefined || now - window.startedAt >= 60_000) {
      this.#minutes.set(key, { startedAt: now, count: 1 });
      return 0;
    }
    if (window.count >= perMinute) return window.startedAt + 60_000 - now;
    window.count += 1;
    return 0;
  }
}

/** Slack speaks in whole seconds and never says 0. */
export function retryAfterSeconds(waitMs: number): string {
  return String(Math.max(1, Math.ceil(waitMs / 1000)));
}
