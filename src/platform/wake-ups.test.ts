import { expect, onTestFinished, test, vi } from 'vitest';
import { createTestDatabase } from '../../test/support/database.ts';
import { MovingAddress } from '../../test/support/moving-address.ts';
import { createLogger } from './logger.ts';
import { Secret } from './secret.ts';
import { WakeUps } from './wake-ups.ts';

test('processes of one process id, as in containers, hear each other, and each its own hint once', async () => {
  const database = await createTestDatabase();
  const open = () => new WakeUps(new Secret(database.url), createLogger({ level: 'silent', role: 'test' }));
  const [one, other] = [open(), open()];
  try {
    const heard: string[] = [];
    one.on('heliograph_delivery', () => heard.push('one'));
    other.on('heliograph_delivery', () => heard.push('other'));
    await one.start();
    await other.start();
    one.send('heliograph_delivery');
    await vi.waitFor(() => expect(heard).toEqual(['one', 'other']), { timeout: 15_000 });
    // Hints come in the order in which they were sent: had the first been heard twice, it would stand before this one.
    other.send('heliograph_delivery');
    await vi.waitFor(() => expect(heard).toEqual(['one', 'other', 'other', 'one']), { timeout: 15_000 });
  } finally {
    await one.stop();
    await other.stop();
    await database.drop();
  }
});

// Less than the ten seconds after which the hint itself is given up.
test('a stop does not wait for a database that says nothing', { timeout: 8000 }, async () => {
  const database = await createTestDatabase();
  onTestFinished(() => database.drop());
  const url = new URL(database.url);
  const address = await MovingAddress.start(Number(url.port));
  onTestFinished(() => address.stop());
  const moving = Object.assign(url, { hostname: '127.0.0.1', port: `${address.port}` }).href;
  const wakeUps = new WakeUps(new Secret(moving), createLogger({ level: 'silent', role: 'test' }));
  await wakeUps.start();
  address.takeOver();
  wakeUps.send('heliograph_status');
  await wakeUps.stop();
});
