import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { engine } from './template-engine.ts';
import { parseTemplate, toLiquid, problemOf } from './template.policy.ts';

const problem = (source: string) => {
  const parsed = parseTemplate(source);
  return parsed.kind === 'invalid' ? parsed.problem : undefined;
};
const placeholders = (source: string) => {
  const parsed = parseTemplate(source);
  return parsed.kind === 'parsed' ? parsed.placeholders : parsed.problem;
};

describe('the older form', () => {
  test.each([
    ['Your {audit_type} audit for {website_name}.', 'Your {{ audit_type }} audit for {{ website_name }}.'],
    ['{user.name}{a}', '{{ user.name }}{{ a }}'],
    ['{a} {{ b }} {% if c %}{d}{% endif %}', '{{ a }} {{ b }} {% if c %}{{ d }}{% endif %}'],
  ])('%s is Liquid’s %s', (older, liquid) => {
    expect(toLiquid(older)).toBe(liquid);
    expect(toLiquid(liquid)).toBe(liquid);
  });

  test.each([
    '{ "a": 1 }',
    '{}',
    '{1}',
    '{a b}',
    '{{ a }}',
    '{{a}}',
    '{% assign x = "{y}" %}',
    '<!date^1^{date_short}|x>',
  ])('%s stays', (text) => {
    expect(toLiquid(text)).toBe(text);
  });
});

describe('placeholders', () => {
  test.each([
    ['{{ b }} {{ a.x }} {{ b }} {{ a.y }} {{ list[0].n }}', ['b', 'a.x', 'a.y', 'list[0].n']],
    ['{% if c %}{{ d | default: e }}{% endif %}', ['c', 'd', 'e']],
    ['{% for i in items %}{{ i.name }}{{ forloop.index }}{% endfor %}', ['items']],
    ['{% assign x = a | append: "b" %}{{ x }}', ['a']],
    ['{% comment %}{{ a }}{% endcomment %}nothing', []],
  ])('of %s are %j', (source, expected) => {
    expect(placeholders(source)).toEqual(expected);
  });
});

describe('a bad template is refused with line and column', () => {
  test.each([
    ['an unknown filter', '{{ a | raw }}', { message: 'Undefined filter: raw', line: 1, column: 1 }],
    ['an open tag', 'one\n  {% if a %}', { message: 'Tag {% if a %} not closed', line: 2, column: 3 }],
    ['an open output', 'one {{ a', { message: 'Output "{{ a" not closed', line: 1, column: 5 }],
    ['two words', '{{ website name }}', { message: '"name" is not expected here', line: 1, column: 12 }],
    ['two words in a condition', 'a\nb {% if a b %}{% endif %}', { line: 2, column: 11 }],
    ['a range to a value', '{% for i in (1..n) %}{% endfor %}', { line: 1, column: 13 }],
    ['an endless range', '{% for i in (9007199254740992..9007199254740996) %}{% endfor %}', { line: 1, column: 13 }],
    ['one in an argument', '{{ a | append: (1..b) }}', { line: 1, column: 16 }],
    ['one in a string that is none', '{% case a %}{% when 1 " or (1..a) " %}{% endcase %}', { line: 1, column: 28 }],
    ['one behind a property', '{{ a[(1..b)] }}', { line: 1, column: 6 }],
    ['nesting without end', `{{ a${'['.repeat(9000)} }}`, { message: 'It is nested too deeply' }],
    [
      'one reference more than 200, in whatever form',
      `{% if a.b %}{{ c | append: d }}{% cycle ${'e, '.repeat(196)}f, g %}{% endif %}`,
      { message: 'It refers to values more than 200 times', line: 1 },
    ],
    ['a long text', 'x'.repeat(10_001), { message: 'It is longer than 10,000 characters', line: 1, column: 1 }],
  ])('%s', (_, source, expected) => {
    expect(problem(source)).toMatchObject(expected);
  });

  test.each(['include', 'render', 'layout', 'block', 'capture', 'tablerow', 'raw', 'liquid', 'increment', 'decrement'])(
    'the tag %s is not there: it reads files, writes HTML, or goes beyond the limits',
    (tag) => {
      expect(problem(`{% ${tag} x %}{% end${tag} %}`)?.message).toMatch(/not found/);
    },
  );

  test.each(['raw', 'escape', 'push', 'concat', 'where', 'find', 'where_exp', 'group_by', 'sample', 'base64_decode'])(
    'the filter %s is not there',
    (filter) => {
      expect(problem(`{{ a | ${filter} }}`)).toMatchObject({ message: `Undefined filter: ${filter}` });
    },
  );

  test('200 references are taken', () => {
    expect(problem('{{ a }}'.repeat(200))).toBeUndefined();
  });

  test('ranges of numbers, conditions and operators are taken', () => {
    expect(problem('{% for i in (1..5) %}{{ i }}{% endfor %}')).toBeUndefined();
    expect(problem('{% if a == 1 and not b or c contains "x" and a > b %}x{% endif %}')).toBeUndefined();
  });
});

test('whatever is written, parsing gives an answer, and the older form adds no fault', () => {
  const pieces = fc.constantFrom(
    ...'{{ }} {% %} { } ( ) .. [ ] " \' | : , . < - if endif for in endfor case when or assign echo raw default a 1 ='.split(
      ' ',
    ),
    ' ',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const source = parts.join('');
      const given = parseTemplate(source);
      const converted = parseTemplate(toLiquid(source));
      if (given.kind === 'parsed') expect(converted.kind).toBe('parsed');
    }),
    { numRuns: 2000 },
  );
});

test('docs/event-types.md names the tags and the filters that there are', () => {
  const page = readFileSync(new URL('../../docs/event-types.md', import.meta.url), 'utf8');
  const named = (kind: string) =>
    [...(new RegExp(`^- ${kind}: (.*)$`, 'm').exec(page)?.[1] ?? '').matchAll(/`([#a-z_]+)`/g)].map(
      ([, name = '']) => name,
    );
  expect(named('Tags').sort()).toEqual(Object.keys(engine.tags).sort());
  expect(named('Filters').sort()).toEqual(Object.keys(engine.filters).sort());
});

test('a template that runs out of time between two of its parts has a problem, and is no fault of ours', () => {
  expect(problemOf(new Error('template render limit exceeded'))).toEqual({
    message: 'It takes too long to render',
    line: 1,
    column: 1,
  });
  expect(() => problemOf(new Error('something else'))).toThrow('something else');
});

test('a format of a date that would hold up everybody else is refused', () => {
  const say = (marks: number): unknown =>
    engine.parseAndRenderSync('{{ at | date: f }}', { at: '2026-11-22', f: '%A'.repeat(marks) });
  expect(say(100)).toContain('Sunday'.repeat(100));
  expect(() => say(101)).toThrow('the format of a date has more than 200 characters');
});
