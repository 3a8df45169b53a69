import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DeleteEventTypeDocument,
  NotificationHistoryDocument,
  ResendNotificationDocument,
} from '../generated/graphql.ts';
import { openDesk, UNPACED, type Desk } from '../support/desk.ts';
import type { StatusFeed } from '../support/status-feed.ts';
import { accepted, send, World } from '../support/world.ts';
import { triggersOf } from './trigger-steps.ts';

const WORKSPACE = 'triggers';
let world: World;
let desk: Desk;
let feed: StatusFeed;
let steps: ReturnType<typeof triggersOf>;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  await world.slack.config({ channelPostsPerSecond: 0 });
  desk = await openDesk(world, WORKSPACE);
  steps = triggersOf(desk);
  feed = await world.followFromNow(desk.admin, WORKSPACE);
});
afterAll(() => world.stop());

/** What Slack has of it, once it is delivered. */
const inSlack = async (id: string | undefined): Promise<string[]> => {
  expect(await feed.untilAtRest(id ?? '')).toMatchObject({ to: 'DELIVERED' });
  return (await world.slack.postsOf(id ?? '')).map(({ text }) => text ?? '');
};

describe('the built-in event types, as Slack gets them', () => {
  const SITE = { website_name: 'a.example' };
  test.each<[string, Record<string, unknown>, string, boolean]>([
    [
      'audit_complete',
      { ...SITE, audit_type: 'SEO', score: 91 },
      'Your SEO audit for a.example is complete with a score of 91/100.',
      false,
    ],
    [
      'audit_complete',
      { ...SITE, audit_type: 'SEO', score: 91, issues_count: 1 },
      'Your SEO audit for a.example is complete with a score of 91/100. Found 1 issue to review.',
      false,
    ],
    [
      'audit_complete',
      { ...SITE, audit_type: 'SEO', score: 100, issues_count: 0 },
      'Your SEO audit for a.example is complete with a score of 100/100. No issues found - great job!',
      false,
    ],
    ['audit_complete', SITE, 'Your audit is complete. Check your dashboard for details. (a.example)', true],
    ['audit_complete', {}, 'Your audit is complete. Check your dashboard for details.', true],
    [
      'ai_visibility',
      { ...SITE, visibility_score: 72, insights_count: 5 },
      '🤖 AI Visibility analysis for a.example is complete! Your visibility score is 72/100 with 5 insights available.',
      false,
    ],
    ['ai_visibility', {}, 'Your AI visibility analysis is ready! Check your dashboard for insights.', true],
    [
      'competitor_analysis',
      { ...SITE, competitors_count: 3 },
      '📊 Competitor analysis for a.example is complete! 3 competitors were analyzed.',
      false,
    ],
    ['competitor_analysis', {}, 'Your competitor analysis is ready! Check your dashboard for details.', true],
    [
      'system_alert',
      { severity: 'critical', title: 'Crawler <down>', message: 'Call & ask.' },
      '🚨 System alert (critical): Crawler &lt;down&gt;. Call &amp; ask.',
      false,
    ],
    ['system_alert', {}, 'A system alert was raised. Check your dashboard for details.', true],
  ])('%s of %j', async (eventType, context, text, usedFallback) => {
    const { notification, rendered, userErrors } = await steps.trigger({ eventType, context });
    expect(userErrors).toEqual([]);
    const priority = eventType === 'system_alert' ? 'HIGH' : 'NORMAL';
    expect(rendered).toMatchObject({ text, usedFallback, priority });
    expect(notification).toMatchObject({ text, eventType, priority, isTest: false });
    expect(await inSlack(notification?.id)).toEqual([text]);
  });
});

test('the history keeps what was triggered, as it was then', async () => {
  const [template, fallback] = ['Said {{ v }} and {{ w }}.', 'Said.'];
  await steps.save({ key: 'as.it.was', template, fallback, sampleContext: { v: 1, w: 2 } });
  const context = { v: '<1>', w: null, deep: [{ z: 1, a: 2 }] };
  const { notification } = await steps.trigger({
    eventType: 'as.it.was',
    context,
    websiteId: 'w1',
    metadata: { m: 1 },
  });
  await steps.save({ key: 'as.it.was', template: 'Other.', sampleContext: {} });
  await desk.admin.run(DeleteEventTypeDocument, { input: { workspaceId: WORKSPACE, key: 'as.it.was' } });
  const filter = { eventTypes: ['as.it.was'] };
  const { notificationHistory } = await desk.admin.run(NotificationHistoryDocument, { workspaceId: WORKSPACE, filter });
  expect(notificationHistory.nodes).toMatchObject([
    {
      id: notification?.id,
      text: 'Said.',
      trigger: { context, template, fallback, usedFallback: true, missing: ['w'] },
      websiteId: 'w1',
      metadata: { m: 1 },
    },
  ]);
});

test("a priority that is given goes before the event type's own", async () => {
  const { notification, rendered } = await steps.trigger({ priority: 'LOW', eventType: 'system_alert', context: {} });
  expect([notification?.priority, rendered?.priority]).toEqual(['LOW', 'LOW']);
});

test('schedule, expiry, thread and selection are as in sendNotification', async () => {
  const scheduledFor = new Date(Date.now() + 3_600_000).toISOString();
  const { notification } = await steps.trigger({ scheduledFor, threadTs: '1700000000.000100' });
  expect(notification).toMatchObject({ status: 'QUEUED', scheduledFor, threadTs: '1700000000.000100' });
  const expiresAt = new Date(Date.now() - 1000).toISOString();
  expect(await steps.trigger({ expiresAt })).toMatchObject({
    notification: null,
    userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'expiresAt'] }],
  });
});

describe('no value becomes a mention or a link', () => {
  test('whether it is named, joined, looped over or encloses itself in the template', async () => {
    const template =
      '{{ v }} {{ list | join: v }} {% for i in list %}{{ i }}{% endfor %} <@{{ who }}> <{{ v }}> <!here>';
    const context = {
      v: '!channel|x',
      list: ['<!channel>', '<@U0ACME002>', '<https://evil.example|Bank>'],
      who: 'U0ACME002',
    };
    await steps.save({ key: 'hostile', template, sampleContext: context });
    const { notification } = await steps.trigger({ eventType: 'hostile', context });
    const [text = ''] = await inSlack(notification?.id);
    expect(text.match(/<[^>]*>/g)).toEqual(['<!here>']);
  });
});

describe('an idempotency key', () => {
  test('gives the notification and the text of then, though the template says something else by now', async () => {
    await steps.save({ key: 'once', template: 'First {{ v }}.' });
    const input = { eventType: 'once', context: { v: 1, w: 2 }, idempotencyKey: 'trigger-1' };
    const first = await steps.trigger(input);
    await steps.save({ key: 'once', template: 'Second {{ v }}.' });
    const again = await steps.trigger({ ...input, context: { w: 2, v: 1 } });
    expect(again).toMatchObject({ deduplicated: true, userErrors: [], rendered: first.rendered });
    expect(again.notification?.id).toBe(first.notification?.id);
    await desk.admin.run(DeleteEventTypeDocument, { input: { workspaceId: WORKSPACE, key: 'once' } });
    expect(await steps.trigger(input)).toMatchObject({ deduplicated: true, rendered: { text: 'First 1.' } });
    expect(await inSlack(first.notification?.id)).toEqual(['First 1.']);
  });

  test('conflicts with another context, and with a sendNotification of the same text', async () => {
    const first = await steps.trigger({ idempotencyKey: 'trigger-2' });
    const other = await steps.trigger({ idempotencyKey: 'trigger-2', context: { website_name: 'b.example' } });
    const text = first.rendered?.text ?? '';
    const sent = await send(
      desk.admin,
      desk.message({ text, eventType: 'audit_complete', idempotencyKey: 'trigger-2' }),
    );
    for (const { notification, userErrors } of [other, sent]) {
      expect(notification).toBeNull();
      expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_CONFLICT', existing: { id: first.notification?.id } }]);
    }
    await accepted(desk.admin, desk.message({ idempotencyKey: 'trigger-3' }));
    expect((await steps.trigger({ idempotencyKey: 'trigger-3' })).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_CONFLICT' },
    ]);
  });

  test('50 calls at once make one notification and 50 equal answers', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => steps.trigger({ idempotencyKey: 'trigger-4' })));
    expect(new Set(answers.map(({ notification }) => notification?.id)).size).toBe(1);
    expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
    expect(new Set(answers.map(({ rendered }) => JSON.stringify(rendered))).size).toBe(1);
    expect(await inSlack(answers[0]?.notification?.id)).toHaveLength(1);
  });

  test('is not bound by a refusal', async () => {
    expect((await steps.trigger({ idempotencyKey: 'trigger-5', eventType: 'nope' })).userErrors).toHaveLength(1);
    expect(await steps.trigger({ idempotencyKey: 'trigger-5' })).toMatchObject({ deduplicated: false, userErrors: [] });
  });
});

describe('a test', () => {
  test("says the event type's sample, and is marked in the message and in the history", async () => {
    await steps.save({
      key: 'own',
      template: 'Deployed {{ version }}.',
      priority: 'HIGH',
      sampleContext: { version: '1.2.3' },
    });
    for (const [eventType, said] of [
      ['audit_complete', 'Your SEO audit for example.com is complete with a score of 87/100.'],
      ['own', 'Deployed 1.2.3.'],
    ] as const) {
      const { notification, rendered, userErrors } = await steps.testEvent({ eventType });
      expect(userErrors).toEqual([]);
      expect(rendered).toMatchObject({ text: `[Test] ${said}`, usedFallback: false, missing: [] });
      expect(notification).toMatchObject({ isTest: true, eventType, trigger: { usedFallback: false } });
      expect(await inSlack(notification?.id)).toEqual([`[Test] ${said}`]);
    }
  });

  test('that is sent once more stays a test', async () => {
    await world.slack.fault({
      match: { method: 'chat.postMessage' },
      fault: { type: 'error', error: 'is_archived' },
      times: 1,
    });
    const { notification } = await steps.testEvent();
    const id = notification?.id ?? '';
    expect(await feed.untilAtRest(id)).toMatchObject({ to: 'FAILED' });
    const { resendNotification } = await desk.admin.run(ResendNotificationDocument, { input: { id } });
    expect(resendNotification.userErrors).toEqual([]);
    expect(resendNotification.notification).toMatchObject({ isTest: true, trigger: { usedFallback: false } });
    expect(await inSlack(resendNotification.notification?.id)).toEqual([notification?.text]);
  });
});

test('the examples of docs/event-types.md do what the page says', async () => {
  const page = readFileSync(new URL('../../docs/event-types.md', import.meta.url), 'utf8');
  const [saving = '', triggering = ''] = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, example = '']) =>
    example.replaceAll('"demo"', `"${WORKSPACE}"`).replaceAll('BOT_ID', desk.bot.id),
  );
  expect(await desk.admin.send(saving)).toMatchObject({
    data: { saveEventType: { eventType: { placeholders: ['version', 'stage', 'url'] }, userErrors: [] } },
  });
  expect(await desk.admin.send(triggering)).toMatchObject({
    data: {
      triggerEvent: {
        rendered: { text: 'Deployed 1.2.4 to production.', usedFallback: false, missing: ['stage', 'url'] },
        notification: { status: 'QUEUED' },
        userErrors: [],
      },
    },
  });
});
