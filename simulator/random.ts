import { createHash, randomBytes } from 'node:crypto';

/** Seeded numbers in [0, 1) (mulberry32): the same seed scripts the same faults. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

export function randomWord(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** A name for a secret that gives nothing of it away. */
export function shortHash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 12);
}

/** Ten stable upper-case characters for a conversation that is made on the fly. */
export function stableId(prefix: string, parts: readonly string[]): string {
  const digest = createHash('sha256').update(parts.join('|')).digest();
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  return prefix + Array.from(digest.subarray(0, 9), (byte) => letters[byte % letters.length]).join('');
}
