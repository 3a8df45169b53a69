import { hash } from 'node:crypto';
import { createRemoteJWKSet, errors, jwtVerify, type CryptoKey, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { AuthConfig } from '../config/config.ts';
import type { UserId, WorkspaceId } from '../platform/ids.ts';
import type { Secret } from '../platform/secret.ts';
import { TopLevelError } from '../platform/top-level-error.ts';
import { ANY_WORKSPACE, type Role, type Viewer } from './viewer.ts';

export type Authenticate = (authorization: string | undefined) => Promise<Viewer>;

/** The end of the year 9999, in seconds: beyond some moment later a date is none, and no timer could wait for it. */
const LAST_MOMENT = 253_402_300_799;

/** Of a token's claims, those that are read here. */
export const TAKEN_CLAIMS = z.object({
  sub: z.string().min(1).max(255),
  exp: z.number(),
  workspaces: z.record(z.string().min(1).max(128), z.enum(['ADMIN', 'MEMBER', 'SERVICE'])),
});

/**
 * A token with an unknown key id reads the product's keys anew, so a new key works at once; at most so often, so that
 * tokens with made-up ids cannot make this server ask without end. A key that is withdrawn is forgotten after the other.
 */
const KEYS_COOLDOWN_MS = 1_000;
const KEYS_MAX_AGE_MS = 600_000;

/** Checking a signature costs more than anything else before a request is read, and callers repeat their tokens. */
const REMEMBERED_MS = 10_000;
const MAX_REMEMBERED = 10_000;

const unauthenticated = (why: string): TopLevelError =>
  new TopLevelError(
    'UNAUTHENTICATED',
    `${why} Send "Authorization: Bearer <token>" with a valid token of your product.`,
  );

/** jose's messages name the claim at fault and never the token. */
const reason = (error: unknown): string => {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's ${error.claim} is not accepted.`;
  return 'The token is not valid.';
};

/** The product's keys could not be read: that says nothing about the token, and the same request may soon succeed. */
const areKeysAway = (error: unknown): boolean =>
  error instanceof errors.JWKSTimeout ||
  error instanceof errors.JWKSInvalid ||
  (error instanceof errors.JOSEError && error.code === 'ERR_JOSE_GENERIC') ||
  (error instanceof TypeError && error.message === 'fetch failed');

const refusal = (error: unknown): TopLevelError =>
  areKeysAway(error)
    ? new TopLevelError('SERVICE_UNAVAILABLE', 'The keys that tokens are checked with cannot be read at the moment.')
    : unauthenticated(reason(error));

const toViewer = (payload: JWTPayload): Viewer => {
  const parsed = TAKEN_CLAIMS.safeParse(payload);
  if (!parsed.success)
    throw unauthenticated(`The token's ${parsed.error.issues[0]?.path[0]?.toString()} is not accepted.`);
  const { sub, exp, workspaces } = parsed.data;
  const memberships = new Map(Object.entries(workspaces)) as Map<WorkspaceId | typeof ANY_WORKSPACE, Role>;
  if (memberships.has(ANY_WORKSPACE) && memberships.get(ANY_WORKSPACE) !== 'SERVICE') {
    throw unauthenticated('The workspace key * is for services only.');
  }
  return { userId: sub as UserId, memberships, expiresAt: new Date(Math.min(exp, LAST_MOMENT) * 1000) };
};

/** Once: jose would import the bytes of a secret anew for every token. */
const importHmacKey = (secret: Secret): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', Buffer.from(secret.reveal()), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);

/** Tokens are the host product's; this server only verifies them. The algorithm is ours to choose, never the token's. */
export const createAuthenticate = (config: AuthConfig): Authenticate => {
  const expected = {
    issuer: config.issuer,
    audience: config.audience,
    requiredClaims: ['exp', 'iss', 'aud', 'sub'],
  };
  const verify =
    config.kind === 'secret'
      ? (
          (key) => async (token: string) =>
            jwtVerify(token, await key, { ...expected, algorithms: ['HS256'] })
        )(importHmacKey(config.secret))
      : (
          (keys) => (token: string) =>
            jwtVerify(token, keys, { ...expected, algorithms: ['RS256', 'ES256', 'EdDSA'] })
        )(
          createRemoteJWKSet(new URL(config.url), { cooldownDuration: KEYS_COOLDOWN_MS, cacheMaxAge: KEYS_MAX_AGE_MS }),
        );
  const viewerOf = async (token: string): Promise<Viewer> => {
    const { payload } = await verify(token).catch((error: unknown) => {
      throw refusal(error);
    });
    return toViewer(payload);
  };
  const remembered = new LRUCache<string, Viewer>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });
  return async (authorization) => {
    const token = /^Bearer ([^\s]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw unauthenticated('No bearer token was given.');
    const name = hash('sha256', token);
    const known = remembered.get(name);
    if (known && known.expiresAt.getTime() > Date.now()) return known;
    const viewer = await viewerOf(token);
    remembered.set(name, viewer);
    return viewer;
  };
};
