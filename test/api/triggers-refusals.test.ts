import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEventDocument, TriggerEventDocument, type TriggerEventInput } from '../generated/graphql.ts';
import { joinAsPerson, openDesk, UNPACED, type Desk } from '../support/desk.ts';
import { World } from '../support/world.ts';
import { triggersOf } from './trigger-steps.ts';

const WORKSPACE = 'refused';
let world: World;
let desk: Desk;
let steps: ReturnType<typeof triggersOf>;

beforeAll(async () => {
  world = await World.start({ env: UNPACED });
  desk = await openDesk(world, WORKSPACE);
  steps = triggersOf(desk);
});
afterAll(() => world.stop());

describe('what is refused', () => {
  const count = async (): Promise<number> =>
    (await world.database.query<{ count: number }>('select count(*)::int as count from notifications'))[0]?.count ?? 0;
  const nested = (levels: number): Record<string, unknown> => (levels === 1 ? { v: 1 } : { v: nested(levels - 1) });

  test.each<[string, Partial<TriggerEventInput>, object]>([
    ['an unknown event type', { eventType: 'nope' }, { code: 'UNKNOWN_EVENT_TYPE', field: ['input', 'eventType'] }],
    ['one of another workspace', { eventType: 'elsewhere' }, { code: 'UNKNOWN_EVENT_TYPE' }],
    ['a key with a NUL', { eventType: 'a\0' }, { code: 'UNKNOWN_EVENT_TYPE' }],
    ['a context of 9 levels', { context: nested(9) }, { code: 'INVALID_INPUT', field: ['input', 'context'] }],
    ['one of 90 levels', { context: nested(90) }, { code: 'INVALID_INPUT', field: ['input', 'context'] }],
    ['one over 16 KiB', { context: { v: 'ä'.repeat(8190) } }, { code: 'INVALID_INPUT', field: ['input', 'context'] }],
    ['one with a NUL', { context: { v: '\0' } }, { code: 'INVALID_INPUT', field: ['input', 'context'] }],
    ['one with half an emoji', { context: { '\ud83d': 1 } }, { code: 'INVALID_INPUT', field: ['input', 'context'] }],
    ['a name of a channel', { channelId: '#general' }, { code: 'CHANNEL_NOT_FOUND', field: ['input', 'channelId'] }],
    [
      'large metadata',
      { metadata: { v: 'x'.repeat(20_000) } },
      { code: 'INVALID_INPUT', field: ['input', 'metadata'] },
    ],
    ['an empty key', { idempotencyKey: '' }, { code: 'INVALID_INPUT', field: ['input', 'idempotencyKey'] }],
    [
      'an identity that is not there',
      { sender: { identityId: '00000000-0000-7000-8000-000000000000' } },
      { code: 'NOT_FOUND', field: ['input', 'sender', 'identityId'] },
    ],
  ])('%s, and nothing is stored', async (_, but, error) => {
    const before = await count();
    expect(await steps.trigger(but)).toMatchObject({ notification: null, deduplicated: false, userErrors: [error] });
    expect(await count()).toBe(before);
  });

  test('a context of 8 levels and of nearly 16 KiB is taken', async () => {
    for (const context of [nested(8), { v: 'x'.repeat(16_375) }]) {
      expect((await steps.trigger({ context })).userErrors).toEqual([]);
    }
  });

  test('a text of nothing, one that is too long, and a template that is beyond its limits with this context', async () => {
    const template =
      '{{ v }}{% for a in list %}{% for b in list %}{% for c in list %}{% endfor %}{% endfor %}{% endfor %}';
    await steps.save({ key: 'limits', template, sampleContext: { v: 1, list: [1] } });
    const list = Array.from({ length: 8000 }, () => 1);
    const before = await count();
    expect(await steps.trigger({ eventType: 'limits', context: { v: ' ', list: [] } })).toMatchObject({
      rendered: null,
      userErrors: [{ code: 'INVALID_MESSAGE', field: ['input', 'context'] }],
    });
    expect(await steps.trigger({ eventType: 'limits', context: { v: 1, list } })).toMatchObject({
      rendered: null,
      userErrors: [{ code: 'INVALID_TEMPLATE', field: ['input', 'eventType'], line: 1 }],
    });
    await steps.save({
      key: 'long',
      template: '{% for i in list %}{{ v }}{% endfor %}',
      sampleContext: { v: 1, list: [1] },
    });
    expect(
      await steps.trigger({ eventType: 'long', context: { v: 'x'.repeat(1000), list: list.slice(0, 41) } }),
    ).toMatchObject({
      userErrors: [{ code: 'INVALID_MESSAGE', field: ['input', 'context'] }],
    });
    expect(await count()).toBe(before);
  });

  test('to whoever has no role in the workspace, and as another person', async () => {
    const test = { workspaceId: WORKSPACE, sender: { identityId: desk.bot.id }, eventType: 'audit_complete' };
    const stranger = await world.as('zoe', { elsewhere: 'ADMIN' });
    expect(await stranger.failureCodes(TriggerEventDocument, { input: { ...test, context: {} } })).toEqual([
      'FORBIDDEN',
    ]);
    expect(await stranger.failureCodes(TestEventDocument, { input: test })).toEqual(['FORBIDDEN']);
    const ben = await joinAsPerson(world, desk, 'ben', 'U0ACME002');
    const asBen = { sender: { identityId: ben.identity.id } };
    expect((await steps.trigger(asBen, desk.admin)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    expect((await steps.testEvent(asBen, desk.admin)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    const { notification } = await steps.trigger(asBen, ben.caller);
    expect(notification).toMatchObject({ postedAs: 'ben', requestedBy: 'ben' });
  });
});

describe('a refusal that is recorded is in the history as FAILED, with what was triggered', () => {
  test.each<[string, Partial<TriggerEventInput>]>([
    ['IDENTITY_NOT_SELECTED', { sender: { selectedBy: 'nobody' } }],
    ['CHANNEL_REQUIRED', { channelId: null }],
  ])('%s', async (code, but) => {
    const { notification, rendered, userErrors } = await steps.trigger({ ...but, context: { score: 1 } });
    expect(userErrors).toMatchObject([{ code }]);
    expect(rendered).toMatchObject({ usedFallback: true });
    expect(notification).toMatchObject({
      status: 'FAILED',
      failure: { code, remedy: expect.any(String) },
      eventType: 'audit_complete',
      text: rendered?.text,
      trigger: { context: { score: 1 }, usedFallback: true, missing: ['audit_type', 'website_name'] },
      isTest: false,
    });
  });

  test('of a test as well, marked as one', async () => {
    const { notification } = await steps.testEvent({ sender: { selectedBy: 'nobody' } });
    expect(notification).toMatchObject({ status: 'FAILED', failure: { code: 'IDENTITY_NOT_SELECTED' }, isTest: true });
  });
});

test('a test of an unknown event type is refused', async () => {
  expect(await steps.testEvent({ eventType: 'nope' })).toMatchObject({
    notification: null,
    rendered: null,
    userErrors: [{ code: 'UNKNOWN_EVENT_TYPE', field: ['input', 'eventType'] }],
  });
});
