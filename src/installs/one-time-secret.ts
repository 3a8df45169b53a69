import { createHash } from 'node:crypto';
import { Secret } from '../platform/secret.ts';
import type { Randomness } from '../credentials/sealing.ts';

/** 256 bits, so that nobody guesses one and a plain hash of it is as good as a slow one. */
const SECRET_BYTES = 32;

/** A state or a claim: the caller gets the text, the database only its hash. */
export const newOneTimeSecret = (randomness: Randomness): Secret =>
  new Secret(Buffer.from(randomness(SECRET_BYTES)).toString('base64url'));

export const hashOf = (secret: Secret): Buffer => createHash('sha256').update(secret.reveal()).digest();
