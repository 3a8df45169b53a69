import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  DeleteEventTypeDocument,
  EventTypesDocument,
  PreviewEventDocument,
  SaveEventTypeDocument,
  type SaveEventTypeInput,
} from '../generated/graphql.ts';
import type { Caller } from '../support/caller.ts';
import { World } from '../support/world.ts';

const WORKSPACE = 'events';
let world: World;
let admin: Caller;
let member: Caller;
let service: Caller;
let stranger: Caller;

beforeAll(async () => {
  world = await World.start();
  admin = await world.as('ada', { [WORKSPACE]: 'ADMIN' });
  member = await world.as('mo', { [WORKSPACE]: 'MEMBER' });
  service = await world.as('service:audits', { '*': 'SERVICE' });
  stranger = await world.as('zoe', { elsewhere: 'ADMIN' });
});
afterAll(() => world.stop());

const DEPLOY: SaveEventTypeInput = {
  workspaceId: WORKSPACE,
  key: 'deploy.finished',
  title: 'Deploy finished',
  template: 'Deployed {version} to {{ stage }}.',
  fallback: 'A deploy has finished.',
  priority: 'LOW',
  sampleContext: { version: '1.2.3', stage: 'production' },
};
const save = async (but: Partial<SaveEventTypeInput> = {}, caller = admin) =>
  (await caller.run(SaveEventTypeDocument, { input: { ...DEPLOY, ...but } })).saveEventType;
const remove = async (key: string, caller = admin) =>
  (await caller.run(DeleteEventTypeDocument, { input: { workspaceId: WORKSPACE, key } })).deleteEventType;
const list = async (caller = admin, workspaceId = WORKSPACE) =>
  (await caller.run(EventTypesDocument, { workspaceId })).eventTypes;
const preview = async (input: {
  eventType: string;
  context?: Record<string, unknown> | null;
  template?: string;
  fallback?: string;
}) => (await member.run(PreviewEventDocument, { input: { workspaceId: WORKSPACE, ...input } })).previewEvent;
const previewFailure = async (input: {
  eventType: string;
  context?: Record<string, unknown> | null;
  template?: string;
  fallback?: string;
}) => {
  const variables = { input: { workspaceId: WORKSPACE, ...input } };
  return (await member.send(PreviewEventDocument.toString(), variables)).errors?.[0];
};

test('four event types come with the server, in every workspace', async () => {
  const builtIn = await list(service, 'anywhere');
  expect(builtIn.map(({ key, priority, placeholders }) => ({ key, priority, placeholders }))).toEqual([
    { key: 'audit_complete', priority: 'NORMAL', placeholders: ['audit_type', 'website_name', 'score'] },
    { key: 'ai_visibility', priority: 'NORMAL', placeholders: ['website_name', 'visibility_score', 'insights_count'] },
    { key: 'competitor_analysis', priority: 'NORMAL', placeholders: ['website_name', 'competitors_count'] },
    { key: 'system_alert', priority: 'HIGH', placeholders: ['severity', 'title', 'message'] },
  ]);
  expect(builtIn.every((eventType) => eventType.builtIn)).toBe(true);
});

test("a workspace's own are saved, changed, seen by all of it and by nobody else, and deleted", async () => {
  const saved = await save();
  expect(saved.userErrors).toEqual([]);
  expect(saved.eventType).toEqual({
    key: 'deploy.finished',
    title: 'Deploy finished',
    builtIn: false,
    template: 'Deployed {{ version }} to {{ stage }}.',
    fallback: 'A deploy has finished.',
    priority: 'LOW',
    placeholders: ['version', 'stage'],
    sampleContext: DEPLOY.sampleContext,
  });
  for (const caller of [admin, member, service]) expect((await list(caller)).at(-1)).toEqual(saved.eventType);
  expect(await list(stranger, 'elsewhere')).toHaveLength(4);

  const changed = await save({ template: 'Deployed {{ version }}.', priority: 'URGENT' });
  expect(changed.eventType).toMatchObject({ template: 'Deployed {{ version }}.', priority: 'URGENT' });
  expect((await list()).filter(({ builtIn }) => !builtIn)).toEqual([changed.eventType]);

  expect(await remove('deploy.finished')).toEqual({ deleted: true, userErrors: [] });
  expect(await list()).toHaveLength(4);
  expect(await remove('deploy.finished')).toMatchObject({
    deleted: false,
    userErrors: [{ code: 'UNKNOWN_EVENT_TYPE', field: ['input', 'key'] }],
  });
});

test('a sample context may lack what the template asks for: a test then says the fallback', async () => {
  for (const sampleContext of [{}, { version: 1 }, { version: null }]) {
    expect(await save({ key: 'lacking', sampleContext })).toMatchObject({
      eventType: { sampleContext },
      userErrors: [],
    });
  }
  expect(await remove('lacking')).toMatchObject({ deleted: true });
});

test('a sample context is given back as it was given', async () => {
  const sampleContext = { version: '1', stage: { z: 1, a: [null, 'é', 1e21, { __proto__: 1 }] }, unused: false };
  expect((await save({ key: 'as.given', sampleContext })).eventType?.sampleContext).toEqual(sampleContext);
  const stored = (await list()).find(({ key }) => key === 'as.given');
  expect(JSON.stringify(stored?.sampleContext)).toBe(JSON.stringify(sampleContext));
});

test('many event types are listed by key; one more than a thousand is refused, a change of one is not', async () => {
  const own = await world.as('ada', { many: 'ADMIN' });
  await world.database.query(
    `insert into event_types (workspace_id, key, title, template, fallback, priority, sample_context, saved_by)
     select 'many', 'event.' || lpad(n::text, 4, '0'), 'Event', 'Said.', 'Said.', 'NORMAL', '{}', 'ada' from generate_series(1, 1000) n`,
  );
  const keys = (await list(own, 'many')).slice(4).map(({ key }) => key);
  expect(keys).toHaveLength(1000);
  expect(keys).toEqual(keys.toSorted());
  expect(await save({ workspaceId: 'many' }, own)).toMatchObject({
    eventType: null,
    userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'key'] }],
  });
  expect(await save({ workspaceId: 'many', key: 'event.0001' }, own)).toMatchObject({ userErrors: [] });
});

test('a list of large event types holds nobody up', async () => {
  const own = await world.as('ada', { large: 'ADMIN' });
  await world.database.query(
    `insert into event_types (workspace_id, key, title, template, fallback, priority, sample_context, saved_by)
     select 'large', 'event.' || n, 'Event', n || repeat('{% if a %}{{ "x" }}{% endif %}', 190) || repeat('.', 4000), 'Said.', 'NORMAL', '{}', 'ada'
     from generate_series(1, 60) n`,
  );
  const done = new AbortController();
  const listed = own.send('{ eventTypes(workspaceId: "large") { key placeholders } }').finally(() => done.abort());
  let others = 0;
  for (; !done.signal.aborted; others += 1) await member.run(EventTypesDocument, { workspaceId: WORKSPACE });
  expect(others).toBeGreaterThan(3);
  expect((await listed).errors).toBeUndefined();
});

describe('who may', () => {
  test('only an admin saves and deletes', async () => {
    for (const caller of [member, service, stranger]) {
      expect(await caller.failureCodes(SaveEventTypeDocument, { input: DEPLOY })).toEqual(['FORBIDDEN']);
      const input = { workspaceId: WORKSPACE, key: 'as.given' };
      expect(await caller.failureCodes(DeleteEventTypeDocument, { input })).toEqual(['FORBIDDEN']);
    }
  });

  test('whoever has no role in the workspace sees and previews nothing', async () => {
    expect(await stranger.failureCodes(EventTypesDocument, { workspaceId: WORKSPACE })).toEqual(['FORBIDDEN']);
    const input = { workspaceId: WORKSPACE, eventType: 'audit_complete' };
    expect(await stranger.failureCodes(PreviewEventDocument, { input })).toEqual(['FORBIDDEN']);
  });
});

describe('what is refused, and stored in no part', () => {
  test.each<[string, Partial<SaveEventTypeInput>, object]>([
    ['a built-in key', { key: 'system_alert' }, { code: 'BUILT_IN_EVENT_TYPE', field: ['input', 'key'] }],
    ['a bad key', { key: 'deploy finished' }, { code: 'INVALID_INPUT', field: ['input', 'key'] }],
    [
      'a bad template, with its place',
      { template: 'Deployed\n{version} {{ stage | raw }}' },
      { code: 'INVALID_TEMPLATE', field: ['input', 'template'], line: 2, column: 11 },
    ],
    [
      'a bad fallback, with its place',
      { fallback: 'Done {% if %}' },
      { __typename: 'InvalidTemplateError', field: ['input', 'fallback'], line: 1 },
    ],
    [
      'a template without end',
      { template: '{{ version }}{{ stage }}{% for i in (1..1000000000) %}x{% endfor %}' },
      { code: 'INVALID_TEMPLATE', field: ['input', 'template'], line: 1, column: 25 },
    ],
    [
      'an older placeholder that is a word of Liquid, with its place',
      { template: 'Deployed\n{version} to {empty}.' },
      { code: 'INVALID_TEMPLATE', field: ['input', 'template'], line: 2, column: 14 },
    ],
  ])('%s', async (_, but, error) => {
    const before = await list();
    expect(await save(but)).toMatchObject({ eventType: null, userErrors: [error] });
    expect(await list()).toEqual(before);
  });

  test('to delete a built-in one', async () => {
    expect(await remove('audit_complete')).toMatchObject({
      deleted: false,
      userErrors: [{ code: 'BUILT_IN_EVENT_TYPE', field: ['input', 'key'] }],
    });
  });
});

test('one request cannot hold up the server with previews: fifty in a document are refused, five are answered', async () => {
  const template = Array.from({ length: 200 }, (_, index) => `{{ a${index} }}`.padEnd(49, '.')).join('');
  const input = { workspaceId: WORKSPACE, eventType: 'audit_complete', template };
  const ask = (count: number) => {
    const fields = Array.from({ length: count }, (_, index) => `a${index}: previewEvent(input: $input) { missing }`);
    return member.send<Record<string, { missing: string[] }>>(
      `query ($input: PreviewEventInput!) { ${fields.join(' ')} }`,
      { input },
    );
  };
  expect((await ask(50)).errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  const { data } = await ask(5);
  expect(Object.values(data ?? {}).map(({ missing }) => missing.length)).toEqual([200, 200, 200, 200, 200]);
});

describe('a preview', () => {
  test('says what a trigger would, also where no context is given', async () => {
    for (const none of [{}, { context: null }, { context: {} }]) {
      expect(await preview({ eventType: 'audit_complete', ...none })).toEqual({
        text: 'Your audit is complete. Check your dashboard for details.',
        usedFallback: true,
        missing: ['audit_type', 'website_name', 'score'],
        priority: 'NORMAL',
      });
    }
    const sample = (await list()).find(({ key }) => key === 'audit_complete')?.sampleContext as Record<string, unknown>;
    expect(await preview({ eventType: 'audit_complete', context: sample })).toEqual({
      text: 'Your SEO audit for example.com is complete with a score of 87/100.',
      usedFallback: false,
      missing: [],
      priority: 'NORMAL',
    });
    expect(await preview({ eventType: 'audit_complete', context: { website_name: 'a.example', score: null } })).toEqual(
      {
        text: 'Your audit is complete. Check your dashboard for details. (a.example)',
        usedFallback: true,
        missing: ['audit_type', 'score'],
        priority: 'NORMAL',
      },
    );
  });

  test('of an unsaved template, of an unsaved fallback, and of what is not saved at all', async () => {
    const context = { score: 1 };
    expect(await preview({ eventType: 'audit_complete', context, template: '{score}!' })).toMatchObject({ text: '1!' });
    expect(await preview({ eventType: 'system_alert', context, fallback: 'Oh, {score}.' })).toMatchObject({
      text: 'Oh, 1.',
      usedFallback: true,
      priority: 'HIGH',
    });
    const whole = { eventType: 'not.saved', template: 'New {{ thing }}', fallback: 'New.' };
    expect(await preview({ ...whole, context: { thing: 'x' } })).toMatchObject({ text: 'New x', priority: 'NORMAL' });
    expect(await preview(whole)).toMatchObject({ text: 'New.', missing: ['thing'] });
    expect((await list()).map(({ key }) => key)).not.toContain('not.saved');
  });

  test.each<[string, Parameters<typeof preview>[0], object]>([
    ['an unknown event type', { eventType: 'nope' }, { field: ['input', 'eventType'] }],
    ['one with a NUL', { eventType: 'no\0pe' }, { field: ['input', 'eventType'] }],
    ['a template alone of an unknown one', { eventType: 'nope', template: 'x' }, { field: ['input', 'eventType'] }],
    [
      'a bad template, with its place',
      { eventType: 'system_alert', template: 'a\n {{ b | raw }}' },
      { field: ['input', 'template'], line: 2, column: 2 },
    ],
    [
      'a template beyond the limits',
      { eventType: 'system_alert', template: '{% for i in (1..1000000000) %}{% endfor %}' },
      { field: ['input', 'template'], line: 1, column: 1 },
    ],
    [
      'a text of nothing',
      { eventType: 'system_alert', template: '{{ a }}', context: { a: '' } },
      { field: ['input', 'context'] },
    ],
    [
      'too large a context',
      { eventType: 'system_alert', context: { a: 'x'.repeat(16_384) } },
      { field: ['input', 'context'] },
    ],
  ])('is refused of %s', async (_, input, extensions) => {
    expect(await previewFailure(input)).toMatchObject({ extensions: { code: 'BAD_USER_INPUT', ...extensions } });
  });
});
