import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../platform/secret.ts';
import { Sealer, SealError, type EncryptionKey, type SealContext } from './sealing.ts';

const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2_147_483_647);
const runs = { seed, numRuns: 300 };
console.info(`sealing: property tests with TEST_SEED=${seed}`);

const newKey = (id: string): EncryptionKey => ({ id, key: new Secret(randomBytes(32).toString('base64')) });
const oldKey = newKey('old');
const currentKey = newKey('current');
const sealer = new Sealer([currentKey, oldKey]);

const here: SealContext = {
  purpose: 'credential',
  appId: 'A1',
  teamId: 'T1',
  principal: 'U1',
  rowId: '0198c0de-0000-7000-8000-000000000001',
  field: 'access_token',
};
const contexts = fc.record({
  purpose: fc.constantFrom<SealContext['purpose']>('credential', 'revocation', 'install-grant', 'key-check'),
  appId: fc.string(),
  teamId: fc.string(),
  principal: fc.string(),
  rowId: fc.string(),
  field: fc.string(),
});

describe('sealing', () => {
  it('opens what it sealed, in the same place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), contexts, (value, context) => {
        expect(sealer.open(sealer.seal(new Secret(value), context), context).reveal()).toBe(value);
      }),
      runs,
    );
  });

  it('refuses a value moved to another row, field, team, principal, app or purpose', () => {
    fc.assert(
      fc.property(contexts, contexts, (from, to) => {
        fc.pre(JSON.stringify(from) !== JSON.stringify(to));
        const sealed = sealer.seal(new Secret('xoxb-1'), from);
        expect(() => sealer.open(sealed, to)).toThrow(SealError);
      }),
      runs,
    );
  });

  it('refuses a value swapped with a neighbouring field, row or workspace', () => {
    const sealed = sealer.seal(new Secret('xoxb-1'), here);
    const elsewhere: Partial<SealContext>[] = [
      { field: 'refresh_token' },
      { rowId: '0198c0de-0000-7000-8000-000000000002' },
      { teamId: 'T2' },
      { principal: 'U2' },
      { appId: 'A2' },
      { purpose: 'revocation' },
      { appId: 'A1T1', teamId: '' },
    ];
    for (const change of elsewhere) expect(() => sealer.open(sealed, { ...here, ...change })).toThrow(SealError);
  });

  it('refuses a value with any byte changed to any other', () => {
    const sealed = sealer.seal(new Secret('xoxp-a-token'), here);
    for (let at = 0; at < sealed.length; at += 1) {
      for (let change = 1; change <= 255; change += 1) {
        const tampered = Buffer.from(sealed);
        tampered[at] = (tampered[at] ?? 0) ^ change;
        expect(() => sealer.open(tampered, here)).toThrow(SealError);
      }
    }
  });

  it('refuses a value cut short at any length, or with bytes added', () => {
    const sealed = sealer.seal(new Secret('xoxp-a-token'), here);
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => sealer.open(sealed.subarray(0, length), here)).toThrow(SealError);
    }
    expect(() => sealer.open(Buffer.concat([sealed, Buffer.from([0])]), here)).toThrow(SealError);
  });

  it('opens with every configured key and seals with the first', () => {
    const before = new Sealer([oldKey]).seal(new Secret('from before'), here);
    expect(sealer.open(before, here).reveal()).toBe('from before');
    const after = sealer.seal(new Secret('from now'), here);
    expect(() => new Sealer([oldKey]).open(after, here)).toThrow(/TOKEN_ENCRYPTION_KEYS/);
  });

  it('never seals the same value to the same bytes', () => {
    const [one, two] = [sealer.seal(new Secret('x'), here), sealer.seal(new Secret('x'), here)];
    expect(one.equals(two)).toBe(false);
  });

  it('says nothing of the value in an error', () => {
    const sealed = sealer.seal(new Secret('xoxb-canary'), here);
    expect(() => sealer.open(sealed, { ...here, field: 'other' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('canary') as string }),
    );
  });

  it('refuses a key that is not 32 bytes', () => {
    expect(() => new Sealer([{ id: 'short', key: new Secret('c2hvcnQ=') }])).toThrow(/short/);
  });
});
