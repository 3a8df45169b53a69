import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../support/world.ts';

let world: World;
const newKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const first = newKey('first');

beforeAll(async () => {
  world = await World.start({ env: { TOKEN_ENCRYPTION_KEYS: first } });
});
afterAll(() => world.stop());

const startWith = (keys: string): Promise<unknown> => world.addServer({ TOKEN_ENCRYPTION_KEYS: keys });

describe('the encryption keys', () => {
  it('of another database are refused at the start, with a line that says what to do', async () => {
    for (const keys of [newKey('other'), newKey('first')]) {
      await expect(startWith(keys)).rejects.toThrow(/TOKEN_ENCRYPTION_KEYS does not fit this database/);
    }
  });

  it('may be joined by a new one in front, and the database then knows both', async () => {
    const second = newKey('second');
    await startWith(`${second},${first}`);
    await startWith(`${first},${second}`);
    await expect(startWith(first)).rejects.toThrow(/TOKEN_ENCRYPTION_KEYS does not fit this database/);
    const checks = await world.database.query<{ key_id: string }>(
      'select key_id from encryption_key_checks order by 1',
    );
    expect(checks.map(({ key_id }) => key_id)).toEqual(['first', 'second']);
  });
});
