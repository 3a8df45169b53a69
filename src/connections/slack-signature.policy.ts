import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../platform/secret.ts';

/** Slack's own limit: an older request may be one that somebody recorded. */
export const SIGNATURE_WINDOW_SECONDS = 300;

export interface SignedRequest {
  /** The header X-Slack-Signature. */
  readonly signature: string | undefined;
  /** The header X-Slack-Request-Timestamp. */
  readonly timestamp: string | undefined;
  /** Every byte as it came: parsing and printing again would sign something else. */
  readonly body: Uint8Array;
}

export const signatureOf = (timestamp: string, body: Uint8Array, secret: Secret): string =>
  `v0=${createHmac('sha256', secret.reveal()).update(`v0:${timestamp}:`).update(body).digest('hex')}`;

/** Is it Slack that sent this, and now? */
export const checkSignature = (
  { signature, timestamp, body }: SignedRequest,
  secret: Secret,
  nowSeconds: number,
): 'ok' | 'wrong' | 'stale' => {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return 'wrong';
  if (Math.abs(nowSeconds - Number(timestamp)) > SIGNATURE_WINDOW_SECONDS) return 'stale';
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(timestamp, body, secret))];
  return given.length === expected.length && timingSafeEqual(given, expected) ? 'ok' : 'wrong';
};
