import { describe, expect, test } from 'vitest';
import { BUILT_IN_EVENT_TYPES, type EventTypeDefinition } from './built-in-event-types.ts';
import { draftEventType } from './event-type.policy.ts';
import { renderEvent } from './rendering.policy.ts';

const DEPLOY: EventTypeDefinition = {
  key: 'deploy.finished',
  title: 'Deploy finished',
  template: 'Deployed {{ version }}.',
  fallback: 'A deploy has finished.',
  priority: 'NORMAL',
  sampleContext: { version: '1.2.3' },
};
const draft = (but: Partial<EventTypeDefinition> = {}) => draftEventType({ ...DEPLOY, ...but });
const refusal = (but: Partial<EventTypeDefinition>) => {
  const drafted = draft(but);
  return drafted.kind === 'refused' ? drafted.refusal : undefined;
};

const nested = (levels: number): Record<string, unknown> => (levels === 1 ? { v: 1 } : { v: nested(levels - 1) });

describe('what may be saved', () => {
  test('is kept as Liquid, the older form too', () => {
    expect(draft({ title: ' Deploy ', template: '{version}!', fallback: 'Done {when}' })).toEqual({
      kind: 'valid',
      definition: { ...DEPLOY, title: 'Deploy', template: '{{ version }}!', fallback: 'Done {{ when }}' },
    });
  });

  test.each<[string, Partial<EventTypeDefinition>]>([
    ['a key of 100 characters', { key: 'k'.repeat(100) }],
    ['a title of 200 emoji', { title: '😀'.repeat(200) }],
    ['a sample that lacks something', { sampleContext: { other: 1 } }],
    ['a sample with a null', { sampleContext: { version: null } }],
    ['the older {emptyness} and {x.true}', { template: '{emptyness} {x.true} {{ true }}' }],
    ['a sample of 8 levels', { sampleContext: { version: nested(7) } }],
  ])('%s', (_, but) => {
    expect(draft(but)).toMatchObject({ kind: 'valid' });
  });
});

describe('what may not be saved', () => {
  test.each<[string, Partial<EventTypeDefinition>, string, string]>([
    ['no key', { key: '' }, 'INVALID_INPUT', 'key'],
    ['a key with a blank', { key: 'deploy finished' }, 'INVALID_INPUT', 'key'],
    ['a key with a NUL', { key: 'a\0' }, 'INVALID_INPUT', 'key'],
    ['a key of 101 characters', { key: 'k'.repeat(101) }, 'INVALID_INPUT', 'key'],
    ["a built-in one's key", { key: 'audit_complete' }, 'BUILT_IN_EVENT_TYPE', 'key'],
    ['it in capitals', { key: 'Audit_Complete' }, 'BUILT_IN_EVENT_TYPE', 'key'],
    ['no title', { title: ' ' }, 'INVALID_INPUT', 'title'],
    ['a long title', { title: 't'.repeat(201) }, 'INVALID_INPUT', 'title'],
    ['a title with half an emoji', { title: 'a\ud83d' }, 'INVALID_INPUT', 'title'],
    ['no template', { template: ' ' }, 'INVALID_INPUT', 'template'],
    ['a template with a NUL', { template: 'a\0' }, 'INVALID_INPUT', 'template'],
    ['a template that is no Liquid', { template: '{{ version | raw }}' }, 'INVALID_TEMPLATE', 'template'],
    ['no fallback', { fallback: '' }, 'INVALID_INPUT', 'fallback'],
    ['a fallback that is no Liquid', { fallback: '{% if %}' }, 'INVALID_TEMPLATE', 'fallback'],
    ['a fallback of placeholders', { fallback: '{{ version }}' }, 'INVALID_INPUT', 'fallback'],
    ['an endless fallback', { fallback: 'x{% for i in (1..1000000) %}{% endfor %}' }, 'INVALID_TEMPLATE', 'fallback'],
    ...['empty', 'nil', 'null', 'blank', 'true', 'false', 'contains', 'and', 'or', 'not', 'true.x'].map(
      (word): [string, Partial<EventTypeDefinition>, string, string] => [
        `the older {${word}}`,
        { template: `{version} {${word}}` },
        'INVALID_TEMPLATE',
        'template',
      ],
    ),
    ['one in the fallback', { fallback: 'Done {empty}.' }, 'INVALID_TEMPLATE', 'fallback'],
    ['a sample of 9 levels', { sampleContext: { version: nested(8) } }, 'INVALID_INPUT', 'sampleContext'],
    ['a sample over 16 KiB', { sampleContext: { version: 'ä'.repeat(8192) } }, 'INVALID_INPUT', 'sampleContext'],
    ['a sample with a NUL', { sampleContext: { version: '\0' } }, 'INVALID_INPUT', 'sampleContext'],
    [
      'a sample that says nothing',
      { template: '{{ version }}', sampleContext: { version: '' } },
      'INVALID_MESSAGE',
      'sampleContext',
    ],
    [
      'a template that repeats for ever',
      { template: '{{ version }}{% for i in (1..1000000) %}{% endfor %}' },
      'INVALID_TEMPLATE',
      'template',
    ],
  ])('%s', (_, but, code, field) => {
    expect(refusal(but)).toMatchObject({ code, field: ['input', field] });
  });

  test('a fault is placed where its author wrote it, in the older form too', () => {
    expect(refusal({ template: '{version}\n{version} {{ version | raw }}' })).toMatchObject({
      message: 'Line 2, column 11 of the template: Undefined filter: raw.',
      details: { kind: 'invalidTemplate', line: 2, column: 11 },
    });
  });
});

describe('the built-in event types', () => {
  test('are what could be saved', () => {
    for (const builtIn of BUILT_IN_EVENT_TYPES) {
      expect(draftEventType({ ...builtIn, key: `own.${builtIn.key}` })).toMatchObject({
        kind: 'valid',
        definition: { template: builtIn.template },
      });
    }
  });

  test('say one competitor and several in English', () => {
    const competitors = BUILT_IN_EVENT_TYPES.find(({ key }) => key === 'competitor_analysis') ?? DEPLOY;
    const say = (competitors_count: number) =>
      renderEvent(competitors, { website_name: 'a.example', competitors_count });
    expect(say(1)).toMatchObject({ text: expect.stringContaining('1 competitor was analyzed.') });
    expect(say(2)).toMatchObject({ text: expect.stringContaining('2 competitors were analyzed.') });
  });
});
