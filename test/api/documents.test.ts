import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Caller } from '../support/caller.ts';
import { DocumentedExamples, isSubscription } from '../support/documented-examples.ts';
import { World } from '../support/world.ts';

let world: World;
let developer: Caller;

beforeAll(async () => {
  world = await World.start();
  developer = await world.as('developer', { demo: 'ADMIN' });
});
afterAll(() => world.stop());

/** Follows what the example subscribes to; answers with the changes so far, once it is open. */
const follow = async (snippet: string): Promise<string[]> => {
  const seen: string[] = [];
  const changes = developer.socket().iterate<{ deliveryStatusChanged: { to: string } }>({ query: snippet });
  void (async () => {
    for await (const { data } of changes) if (data) seen.push(data.deliveryStatusChanged.to);
  })();
  await vi.waitFor(
    async () => {
      const metrics = await (await fetch(`${world.url}/metrics`)).text();
      expect(metrics).toMatch(/^heliograph_subscriptions_active 1$/m);
    },
    { timeout: 10_000 },
  );
  return seen;
};

test('the walk of the README works as printed, from connecting to disconnecting', async () => {
  const examples = DocumentedExamples.of('README.md', developer, [{ team: 'T0ACME' }]);
  let seen: string[] = [];
  const answers: Record<string, unknown> = {};
  for (const snippet of examples.snippets) {
    if (isSubscription(snippet)) seen = await follow(snippet);
    else Object.assign(answers, await examples.run(snippet));
  }
  expect(answers).toMatchObject({
    channels: { nodes: [{ name: 'website-audits' }], directory: { complete: true } },
    selectIdentity: { selection: { defaultChannel: { name: 'website-audits' } } },
    disconnect: { connection: { status: 'DISCONNECTED' }, revokedAtSlack: true },
  });
  await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(['QUEUED', 'SENDING', 'DELIVERED'])), {
    timeout: 10_000,
  });
});
