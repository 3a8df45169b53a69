import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { MovingAddress } from '../../test/support/moving-address.ts';
import { openDatabase } from './database.ts';
import { createLogger } from './logger.ts';
import { RateLimitEntity } from './rate-limit.entity.ts';
import { Secret } from './secret.ts';

test('a statement without an answer gives up its connection in time, and the next one is answered by another', async () => {
  const testDatabase = await createTestDatabase();
  onTestFinished(() => testDatabase.drop());
  const url = new URL(testDatabase.url);
  const address = await MovingAddress.start(Number(url.port));
  onTestFinished(() => address.stop());
  const database = await openDatabase({
    url: new Secret(Object.assign(url, { hostname: '127.0.0.1', port: `${address.port}` }).href),
    poolMax: 1,
    entities: [RateLimitEntity],
    logger: createLogger({ level: 'silent', role: 'test' }),
    answerWithinMs: 500,
  });
  onTestFinished(() => database.stop());
  const ask = () => database.query<{ one: number }>({ text: 'select 1 as one' });
  expect(await ask()).toEqual([{ one: 1 }]);
  address.takeOver();
  await expect(ask()).rejects.toThrow('Query read timeout');
  expect(await ask()).toEqual([{ one: 1 }]);
});
