import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { Secret } from '../platform/secret.ts';

/** A sealed value is this, in bytes: format (1), length of the key id (1), key id, nonce (12), tag (16), ciphertext. */
const FORMAT = 1;
const HEADER_BYTES = 2;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const ALGORITHM = 'aes-256-gcm';
/** Always said aloud: without it Node would accept a tag cut down to 4 bytes. */
const GCM = { authTagLength: TAG_BYTES };

export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes as base64. */
  readonly key: Secret;
}

/** Where a sealed value belongs. It opens nowhere else: not in another row, field, team or for another purpose. */
export interface SealContext {
  readonly purpose: 'credential' | 'revocation' | 'install-grant' | 'key-check';
  readonly appId: string;
  readonly teamId: string;
  readonly principal: string;
  /** The credential's id, or that of the row which holds the value where that is another. */
  readonly rowId: string;
  readonly field: string;
}

export type Randomness = (bytes: number) => Uint8Array;

/** The first is what it is sealed for; one that holds it as it was elsewhere names that as well. */
export type SealContexts = readonly [SealContext, ...SealContext[]];

/** Tampered with, cut short, moved elsewhere, or sealed with a key that is not configured. Never says what is inside. */
export class SealError extends Error {
  override readonly name: string = 'SealError';
}

/** Nothing is wrong with the value: a process that lists the key opens it. */
export class UnlistedKeyError extends SealError {
  override readonly name = 'UnlistedKeyError';

  constructor() {
    super('The value was sealed with a key that TOKEN_ENCRYPTION_KEYS does not list.');
  }
}

/** JSON of a list: no two different contexts read the same, whatever characters they hold. */
const authenticated = (keyId: string, context: SealContext): Buffer =>
  Buffer.from(
    JSON.stringify([
      FORMAT,
      keyId,
      context.purpose,
      context.appId,
      context.teamId,
      context.principal,
      context.rowId,
      context.field,
    ]),
  );

const toKeyObject = ({ id, key }: EncryptionKey): [string, KeyObject] => {
  const bytes = Buffer.from(key.reveal(), 'base64');
  if (bytes.length !== KEY_BYTES) throw new SealError(`The encryption key ${id} is not ${KEY_BYTES} bytes of base64.`);
  return [id, createSecretKey(bytes)];
};

interface Parts {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly ciphertext: Buffer;
}

const parse = (sealed: Uint8Array): Parts => {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  const [format, keyIdLength] = bytes;
  if (format !== FORMAT || keyIdLength === undefined) throw new SealError('The sealed value has an unknown format.');
  const nonceAt = HEADER_BYTES + keyIdLength;
  const tagAt = nonceAt + NONCE_BYTES;
  const ciphertextAt = tagAt + TAG_BYTES;
  if (bytes.length < ciphertextAt) throw new SealError('The sealed value is cut short.');
  return {
    keyId: bytes.toString('utf8', HEADER_BYTES, nonceAt),
    nonce: bytes.subarray(nonceAt, tagAt),
    tag: bytes.subarray(tagAt, ciphertextAt),
    ciphertext: bytes.subarray(ciphertextAt),
  };
};

/** What every value begins with that this key has sealed; what it is looked for by. */
export const sealedPrefix = (keyId: string): Buffer => {
  const id = Buffer.from(keyId);
  return Buffer.concat([Buffer.from([FORMAT, id.length]), id]);
};

/** The key that a value says it was sealed with; undefined where it is no sealed value. */
export const keyIdOf = (sealed: Uint8Array): string | undefined => {
  try {
    return parse(sealed).keyId;
  } catch {
    return undefined;
  }
};

/** AES-256-GCM. The first key seals, every key opens. */
export class Sealer {
  readonly currentKeyId: string;
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(
    keys: readonly EncryptionKey[],
    private readonly randomness: Randomness = randomBytes,
  ) {
    const [first] = keys;
    if (first === undefined) throw new SealError('No encryption key is configured.');
    this.currentKeyId = first.id;
    this.#keys = new Map(keys.map(toKeyObject));
  }

  seal(value: Secret, context: SealContext): Buffer {
    const nonce = this.randomness(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key(this.currentKeyId), nonce, GCM);
    cipher.setAAD(authenticated(this.currentKeyId, context));
    const ciphertext = Buffer.concat([cipher.update(value.reveal(), 'utf8'), cipher.final()]);
    return Buffer.concat([sealedPrefix(this.currentKeyId), nonce, cipher.getAuthTag(), ciphertext]);
  }

  open(sealed: Uint8Array, context: SealContext): Secret {
    const { keyId, nonce, tag, ciphertext } = parse(sealed);
    const decipher = createDecipheriv(ALGORITHM, this.#key(keyId), nonce, GCM);
    decipher.setAAD(authenticated(keyId, context));
    decipher.setAuthTag(tag);
    try {
      return new Secret(Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8'));
    } catch {
      throw new SealError('The sealed value was changed, or it belongs somewhere else.');
    }
  }

  /** Where the value belongs to one of several places. */
  openFrom(sealed: Uint8Array, [first, ...others]: SealContexts): Secret {
    try {
      return this.open(sealed, first);
    } catch (error) {
      const [second, ...rest] = others;
      if (!(error instanceof SealError) || second === undefined) throw error;
      return this.openFrom(sealed, [second, ...rest]);
    }
  }

  #key(id: string): KeyObject {
    const key = this.#keys.get(id);
    if (key === undefined) throw new UnlistedKeyError();
    return key;
  }
}
