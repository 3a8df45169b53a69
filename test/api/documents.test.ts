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
      expect(metrics).toMatch(/^heliograph_subscriptions_active [1-9]/m);
    },
    { timeout: 10_000 },
  );
  return seen;
};

/** All examples of a document in their order; answers with the last answer of each operation, and what was followed. */
const runAll = async (examples: DocumentedExamples) => {
  let seen: string[] = [];
  const answers: Record<string, unknown> = {};
  for (const snippet of examples.snippets) {
    if (isSubscription(snippet)) seen = await follow(examples.filled(snippet));
    else Object.assign(answers, await examples.run(snippet));
  }
  return { answers, seen };
};

test('the walk of the README works as printed, from connecting to disconnecting', async () => {
  const { answers, seen } = await runAll(DocumentedExamples.of('README.md', developer, [{ team: 'T0ACME' }]));
  expect(answers).toMatchObject({
    channels: { nodes: [{ name: 'website-audits' }], directory: { complete: true } },
    selectIdentity: { selection: { defaultChannel: { name: 'website-audits' } } },
    disconnect: { connection: { status: 'DISCONNECTED' }, revokedAtSlack: true },
  });
  await vi.waitFor(() => expect(seen).toEqual(expect.arrayContaining(['QUEUED', 'SENDING', 'DELIVERED'])), {
    timeout: 10_000,
  });
});

test('what replaces each endpoint of the older REST services works as printed', async () => {
  const decisions = [{ team: 'T0ACME' }, { team: 'T0ACME', user: 'U0ACME002' }];
  const { answers } = await runAll(DocumentedExamples.of('docs/coming-from-rest.md', developer, decisions));
  expect(answers).toMatchObject({
    connections: [{ status: 'ACTIVE', problem: null }],
    triggerEvent: {
      rendered: {
        text: 'Your SEO audit for example.com is complete with a score of 87/100. Found 3 issues to review.',
        usedFallback: false,
      },
    },
    testEvent: { notification: { isTest: true } },
    notificationHistory: { nodes: [{ text: 'The nightly import is done.' }] },
    disconnect: { connection: { status: 'DISCONNECTED' } },
  });
});
