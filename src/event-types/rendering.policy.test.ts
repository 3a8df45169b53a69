import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from './event-type.entity.ts';
import { renderEvent, type Rendering } from './rendering.policy.ts';

const FALLBACK = 'It has happened.';
const say = (template: string, context: JsonObject = {}, fallback = FALLBACK): Rendering =>
  renderEvent({ template, fallback }, context);
const textOf = (template: string, context: JsonObject = {}, fallback = FALLBACK): string => {
  const rendering = say(template, context, fallback);
  return rendering.kind === 'rendered' ? rendering.text : `${rendering.kind}: ${JSON.stringify(rendering)}`;
};

describe('a template that lacks nothing', () => {
  test.each([
    ['a text', 'example.com', 'example.com'],
    ['a number', 12.5, '12.5'],
    ['zero', 0, '0'],
    ['no', false, 'false'],
    ['a list', ['a', 2, null, ['b']], 'a, 2, b'],
    ['an object', { a: [1, '<'] }, '{"a":[1,"&lt;"]}'],
    ['a NUL and half of an emoji', 'a\0b\ud83d', 'a\uFFFDb\uFFFD'],
    ['what looks like Liquid', '{{ x }}{% if %}', '{{ x }}{% if %}'],
    ['formatting characters', '*bold* _it_ https://example.com', '*bold* _it_ https://example.com'],
  ])('says %s', (_, value, said) => {
    expect(say('Got {{ v }}!', { v: value })).toEqual({
      kind: 'rendered',
      text: `Got ${said}!`,
      usedFallback: false,
      missing: [],
    });
  });

  test.each([
    '{{ v }}',
    '{{ v | default: "x" }}',
    '{{ "x" | append: v }}',
    '{% assign w = v %}{{ w }}',
    '{% echo v %}',
    '{% cycle v, v %}',
    '{% for i in list %}{{ i }}{% endfor %}',
    '{{ list | join: v }}',
    '{{ list | first | replace: "z", v }}',
    '{{ object | json }}',
  ])('escapes the value in %s', (template) => {
    const text = textOf(template, { v: '<!channel> & co', list: ['<!channel>'], object: { a: '<!channel>' } });
    expect(text).toContain('&lt;!channel&gt;');
    expect(text).not.toMatch(/[<>]/);
  });

  test('writes dates in UTC and in English, wherever the server stands', () => {
    expect(textOf('{{ at | date: "%A %-d %B %H:%M" }}', { at: '2026-11-22T23:30:00-02:00' })).toBe(
      'Monday 23 November 01:30',
    );
  });

  test('is a message of 1 to 40,000 characters, or none', () => {
    expect(say('{{ v }}', { v: ' ' })).toMatchObject({ kind: 'unsendable' });
    expect(say('{{ v }}', { v: '😀'.repeat(40_000) })).toMatchObject({ kind: 'rendered' });
    expect(say('{{ v }}', { v: '😀'.repeat(40_001) })).toMatchObject({ kind: 'unsendable' });
    expect(say(`{% for i in (1..100) %}${'0123456789'.repeat(100)}{% endfor %}`)).toMatchObject({ kind: 'unsendable' });
  });
});

describe('mentions and links', () => {
  test('stand where the template spells them out', () => {
    const template = '<!here> <@U123|anna> <#C123> <!subteam^S1> <https://example.com/{{ id }}|Open> {{ id }}';
    expect(textOf(template, { id: 7 })).toBe(template.replaceAll('{{ id }}', '7'));
  });

  test('a link may be a value where the template has a place for one', () => {
    expect(textOf('<{{ url }}|Open>', { url: 'https://example.com/a' })).toBe('<https://example.com/a|Open>');
  });

  test('no value chooses who is called', () => {
    const context = { who: 'U123', all: '!channel', be: 'here' };
    expect(textOf('<@{{ who }}> <{{ all }}> <!{{ be }}> <#{{ who }}', context)).toBe(
      '&lt;@U123> &lt;!channel> &lt;!here> &lt;#U123',
    );
    const elsewhere = '{% if urgent %}<!here> {% endif %}Open: <{{ url }}>';
    expect(textOf(elsewhere, { urgent: false, url: '!here' })).toBe('Open: &lt;!here>');
  });

  test.each([
    ['<{{ a }}>', { a: 'https://evil.example|click' }, '&lt;https://evil.example|click>'],
    ['<{{ a }}>', { a: 'https://evil.example' }, '&lt;https://evil.example>'],
    ['<{{ a }}{{ b }}>', { a: 'https:', b: '//evil.example|click' }, '&lt;https://evil.example|click>'],
    ['<{{ a }}|Open>', { a: 'https://evil.example|click' }, '&lt;https://evil.example|click|Open>'],
    ['<https://x/{{ a }}>', { a: 'b|click' }, '&lt;https://x/b|click>'],
    ['<!{{ a }}^{{ b }}|x>', { a: 'date', b: 1 }, '&lt;!date^1|x>'],
    ['<{{ a }}|x>', { a: '!date^0^{date}' }, '&lt;!date^0^{date}|x>'],
    ['<!date^{{ a }}|then>', { a: '0^{date}^https://evil.example' }, '&lt;!date^0^{date}^https://evil.example|then>'],
    ['a < {{ a }} > b', { a: 1 }, 'a &lt; 1 > b'],
  ])('no value makes a link or a date of %s with %j', (template, context, text) => {
    expect(textOf(template, context)).toBe(text);
  });

  test('a label may hold what it likes', () => {
    expect(textOf('<https://x/{{ id }}|{{ title }}>', { id: 7, title: 'A | B^C' })).toBe('<https://x/7|A | B^C>');
  });

  test("Slack's dates are no mentions", () => {
    expect(textOf('<!date^{{ ts }}^{date_short}|then>', { ts: 1_700_000_000 })).toBe(
      '<!date^1700000000^{date_short}|then>',
    );
  });
});

describe('a template that lacks something', () => {
  test('gives way to the whole fallback, and what is missing is named in order, each once', () => {
    const context = { b: null, c: 1 };
    expect(say('{{ d.e }} {{ a }} {{ b }} {{ c }} {{ a }}', context)).toEqual({
      kind: 'rendered',
      text: FALLBACK,
      usedFallback: true,
      missing: ['d.e', 'a', 'b'],
    });
  });

  test.each([
    ['{{ a | append: b }}', { a: 1 }, ['b']],
    ['{{ list[1] }}', { list: [1, null] }, ['list[1]']],
    ['{{ user.name }}', { user: {} }, ['user.name']],
    ['{{ user.name }}', {}, ['user.name']],
    ['{% assign x = a %}{{ x }}', {}, ['a']],
    ['{% for i in items %}{{ i }}{% endfor %}', {}, ['items']],
    ['{% for i in items %}{{ i.name }}{% endfor %}', { items: [{ name: 'a' }, {}] }, ['i.name']],
    ['{{ toString }} {{ v.constructor }}', { v: {} }, ['toString', 'v.constructor']],
    ['{{ done | divided_by: all | times: 100 }} %', { done: 0, all: 0 }, ['done | divided_by: all | times: 100']],
    ['{{ 1 | divided_by: n | default: "x" }}', { n: 0 }, ['1 | divided_by: n | default: "x"']],
    ['{{ a | upcase | default: "x" }}', {}, ['a']],
    ['{%- assign x = 7 | modulo: n -%}{{ x }}', { n: 0 }, ['assign x = 7 | modulo: n']],
  ])('%s with %j lacks %j', (template, context, missing) => {
    expect(say(template, context)).toMatchObject({ usedFallback: true, missing, text: FALLBACK });
  });

  test('holds where only a condition or a default asks for it, and it is named all the same', () => {
    const template = '{% if a %}{{ a }}{% elsif b.c == 1 %}!{% else %}none{% endif %}, {{ n | default: "anon" }}';
    expect(say(template, {})).toMatchObject({ text: 'none, anon', usedFallback: false, missing: ['a', 'b.c', 'n'] });
    expect(say(template, { a: 'x', b: { c: 1 }, n: 'y' })).toMatchObject({ text: 'x, y', missing: [] });
  });

  test("the fallback's own placeholders fall away where they are missing", () => {
    expect(textOf('{{ x }}', {}, 'Deploy of {{ app }} by {{ who }} is done.')).toBe('Deploy of by is done.');
    expect(textOf('{{ x }}', { app: 'api' }, 'Deploy of {{ app }} is done{{ when }}.')).toBe('Deploy of api is done.');
    expect(textOf('{{ x }}', { n: 0 }, 'Done{{ n | divided_by: n }}.')).toBe('Done.');
  });

  test('the fallback gains the website where it is known and not named yet', () => {
    expect(textOf('{{ x }}', { website_name: 'a&b.example' })).toBe(`${FALLBACK} (a&amp;b.example)`);
    expect(textOf('{{ x }}', { website_name: 'a.example' }, 'Done for {{ website_name }}.')).toBe(
      'Done for a.example.',
    );
    expect(textOf('{{ x }}', { website_name: ' a.example\n' })).toBe(`${FALLBACK} (a.example)`);
    for (const website_name of [null, '', ' ']) expect(textOf('{{ x }}', { website_name })).toBe(FALLBACK);
  });
});

describe('issues', () => {
  test.each<[JsonObject, string]>([
    [{ issues_count: 0 }, 'Done. No issues found - great job!'],
    [{ issues_count: 1 }, 'Done. Found 1 issue to review.'],
    [{ issues_count: 12 }, 'Done. Found 12 issues to review.'],
    [{ issues_count: '3' }, 'Done. Found 3 issues to review.'],
    [{ issues_count: '1' }, 'Done. Found 1 issue to review.'],
    [{ issues_count: 3, issues_summary: null }, 'Done. Found 3 issues to review.'],
    [{ issues_count: 3, issues_summary: '' }, 'Done. Found 3 issues to review.'],
    [{ issues_count: 3, issues_summary: 'three broken links' }, 'Done.'],
    [{}, 'Done.'],
    ...[null, -1, 1.5, '', 'many', '-2', '1.5', true, [], [3], {}, 1e21].map((issues_count): [JsonObject, string] => [
      { issues_count },
      'Done.',
    ]),
  ])('%j: %s', (context, text) => {
    expect(textOf('Done.', context)).toBe(text);
  });

  test('are said after the fallback and its website as well', () => {
    expect(textOf('{{ x }}', { website_name: 'a.example', issues_count: 2 })).toBe(
      `${FALLBACK} (a.example) Found 2 issues to review.`,
    );
  });
});

test('a test is marked', () => {
  expect(renderEvent({ template: '{{ a }}', fallback: FALLBACK }, { a: 1 }, { isTest: true })).toMatchObject({
    text: '[Test] 1',
  });
});

describe('limits', () => {
  const LONG = { list: Array.from({ length: 4000 }, (_, index) => index), text: 'x'.repeat(8000) };
  test.each([
    ['a huge range', '{% for i in (1..1000000000) %}x{% endfor %}'],
    [
      'loops in loops',
      '{% for i in (1..999) %}{% for j in (1..999) %}{% for k in (1..999) %}{% endfor %}{% endfor %}{% endfor %}',
    ],
    ['loops over lists', `${'{% for i in list %}'.repeat(4)}${'{% endfor %}'.repeat(4)}`],
    ['doubling', `{% assign a = text %}${'{% assign a = a | append: a %}'.repeat(40)}{{ a }}`],
    ['doubling by lists', `{% assign a = text | split: "" %}${'{% assign a = a | join: text %}'.repeat(3)}{{ a }}`],
    ['replacing', '{{ text | replace: "x", text }}'],
    ['a long chain of filters', `{{ text | replace: "x", "é"${' | url_encode'.repeat(300)} | size }}`],
    ['padding', '{{ "2026-01-01" | date: "%1000000000d" }}'],
  ])('hold against %s', (_, template) => {
    expect(say(template, LONG)).toMatchObject({ kind: 'invalid', part: 'template', problem: { line: 1 } });
  });

  test('hold in the fallback as well', () => {
    expect(say('{{ nothing }}', {}, '{% for i in (1..1000000000) %}x{% endfor %}')).toMatchObject({
      kind: 'invalid',
      part: 'fallback',
      problem: { message: 'It makes too long a text or list on the way' },
    });
  });
});

const PLAIN = [
  '{{ a }}',
  '{{ a }}{{ b }}',
  '{{ a | append: b | upcase }}',
  '{{ a | default: b | json }}',
  '{% for i in a %}{{ i }}{{ forloop.index }}{% endfor %}',
  '{% assign c = a | split: b %}{{ c | last }}{{ c | join: b }}',
  '{% case a %}{% when b %}{{ a }}{% else %}{{ b }}{% endcase %}',
  '{{ a | truncate: 5, b }}{{ a | slice: 1, 3 }}{{ b | replace: a, b }}',
  '{{ a | url_encode }}{{ b | date: "%Y" }}{{ a | times: b }}',
  '{{ a.b | sort | map: "b" | first }}{{ a[b] }}{{ b.size }}',
];
/** Where a value meets what is Slack's own. */
const ENCLOSING = [
  '<{{ a }}>',
  '<!{{ a }}>',
  '<@{{ a }}{{ b }}>',
  '<https://x/{{ a }}|{{ b }}>',
  '<{{ a }}|{{ b }}',
  '{% if false %}<!channel><@U1>{% endif %}<{{ a }}>',
  '{{ a }}> <',
];

const hostile: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('<!channel>', '!channel', '@U1', 'https://evil.example|x', '&lt;!here&gt;', '%3C!here%3E'),
  fc.constantFrom('\0', '\ud800'),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('<', '>', '&', '!', '@', '#', '|', '{', '}', '%', 'a') }),
);
const contexts = fc.dictionary(
  fc.constantFrom('a', 'b', 'website_name', 'issues_count', 'issues_summary', '__proto__', 'toString', 'length'),
  fc.oneof(hostile, fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<unknown>),
);

describe('whatever the values are', () => {
  test('rendering gives an answer, and nothing but entities of what Slack reads', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLAIN), fc.constantFrom(...PLAIN), contexts, (template, fallback, context) => {
        const before = JSON.stringify(context);
        const rendering = renderEvent({ template, fallback: `Done: ${fallback}` }, context);
        if (rendering.kind === 'rendered') {
          expect(rendering.text).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)|\0|\p{Surrogate}/u);
          expect(rendering.text.trim()).not.toBe('');
        }
        expect(JSON.stringify(context)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  test('no mention arises, whatever stands around them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ENCLOSING), contexts, (template, context) => {
        const rendering = renderEvent({ template, fallback: FALLBACK }, context);
        if (rendering.kind === 'rendered') expect(rendering.text).not.toMatch(/<[@#]|<!(?!date\^)/);
      }),
      { numRuns: 500 },
    );
  });

  test('no link or date arises but where the template has a place for one, and its parts stay what they are', () => {
    const plain = fc.record({ a: hostile, b: hostile });
    let made = 0;
    fc.assert(
      fc.property(fc.constantFrom(...ENCLOSING), plain, (template, context) => {
        const rendering = renderEvent({ template, fallback: FALLBACK }, context);
        if (rendering.kind !== 'rendered' || !/<[^<>]/.test(rendering.text)) return;
        made += 1;
        const bars = (text: string): number => text.split('|').length - 1;
        const [head = '', tail = ''] = template.split('|', 2);
        expect(tail).not.toBe('');
        expect(rendering.text.startsWith(head.replace(/\{\{.*/s, ''))).toBe(true);
        // What Slack takes for the address holds the value whole, and the first bar is the template's.
        if (head.includes('{{ a }}')) expect(bars(context.a)).toBe(0);
      }),
      { numRuns: 500 },
    );
    expect(made).toBeGreaterThan(30);
  });
});
