import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsOf } from './words.policy.ts';
import { wordsOfEach } from './words.repository.ts';

describe('wordsOf', () => {
  test.each([
    ['a sentence', 'The audit of the website is complete!', ['the', 'audit', 'of', 'website', 'is', 'complete']],
    ['nothing', '', []],
    ['only punctuation', '… !? ---', []],
    ['numbers and shares', 'score 87/100, up 3.5%', ['score', '87', '100', 'up', '3', '5']],
    ['formatting', '*bold* _italic_ ~struck~ `code`', ['bold', 'italic', 'struck', 'code']],
    [
      'a link with a label',
      '<https://example.com/a?b=1|the report>',
      ['https', 'example', 'com', 'a', 'b', '1', 'the', 'report'],
    ],
    ['a mention', '<@U0ACME001> in <#C0ACME0001|general>', ['u0acme001', 'in', 'c0acme0001', 'general']],
    ['escaped characters', 'R&amp;D &lt;new&gt; &AMP;', ['r', 'd', 'new']],
    ['a word like an escape', 'amp lt', ['amp', 'lt']],
    ['joined words', 'state-of-the-art snake_case a.b', ['state', 'of', 'the', 'art', 'snake', 'case', 'a', 'b']],
    ['both apostrophes alike', "don't don’t", ['don', 't']],
    ['emoji, each by itself', 'done🎉🎉 👩‍💻 ❤️', ['done', '🎉', '👩', '💻', '❤']],
    ['a code of an emoji', ':tada:', ['tada']],
    ['a flag, and half of one', '🇩🇪 🇩', ['🇩🇪']],
    ['letters with marks', 'café cafe\u0301 हिन्दी', ['café', 'हिन्दी']],
    ['letters that look otherwise', 'ﬁne Ｆｕｌｌ x²', ['fine', 'full', 'x2']],
    ['scripts without spaces, by character', '通知は完成 ไทย', ['通', '知', 'は', '完', '成', 'ไ', 'ท', 'ย']],
    ['scripts side by side', 'Slack通知v2', ['slack', '通', '知', 'v2']],
    ['marks without a letter', '\u0301 \uFE0F', []],
    ['half a character', 'a\uD83Db', ['a', 'b']],
  ])('%s', (_name, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test('characters that spell out whole lines end the search where they become too many to read', () => {
    const line = '\uFDFA';
    expect(wordsOf(`${line} last`)).toEqual([...wordsOf(line), 'last']);
    expect(wordsOf(`${line.repeat(39_000)} last`)).not.toContain('last');
    expect(wordsOf(`${'a '.repeat(19_990)} last`)).toContain('last');
  });

  test('each word once, whatever its case', () => {
    expect(wordsOf('Audit AUDIT audit STRASSE Straße ΟΔΟΣ οδος')).toEqual(['audit', 'strasse', 'οδος']);
  });

  test('every character is found in any case of it', () => {
    const otherwise: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const character = String.fromCodePoint(code);
      if (!/[\p{L}\p{N}]/u.test(character)) continue;
      const words = wordsOf(character).join(' ');
      const cases = [character.toUpperCase(), character.toLowerCase()];
      if (cases.some((text) => wordsOf(text).join(' ') !== words)) otherwise.push(character);
    }
    expect(otherwise).toEqual([]);
  });

  test('a word is never longer than an index can hold, and nothing of a long one is lost', () => {
    expect(wordsOf('a'.repeat(250))).toEqual(['a'.repeat(100), 'a'.repeat(50)]);
    expect(wordsOf(`z${'\u0335'.repeat(40_000)}`).every((word) => word.length <= 100)).toBe(true);
    const text = fc.string({ unit: 'binary', maxLength: 400 });
    fc.assert(fc.property(text, (given) => wordsOf(given).every((word) => Buffer.byteLength(word) <= 800)));
  });

  test('a text is found by each of its words, and by the words of any part that ends between words', () => {
    const word = fc.stringMatching(/^[a-zäöüß0-9]{1,12}$/);
    const between = fc.constantFrom(' ', ', ', '! ', '\n', '/', ' *', '* ', ' <https://', '|', '> ', ' 🎉', '&amp;');
    const pieces = fc.array(fc.tuple(word, between), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(pieces, (given) => {
        const found = new Set(wordsOf(given.map(([text, gap]) => `${text}${gap}`).join('')));
        for (const [text] of given) for (const part of wordsOf(text.toUpperCase())) expect(found).toContain(part);
      }),
    );
  });
});

test('the words of many long texts leave others their turn', async () => {
  const texts = Array.from({ length: 4 }, (_, number) => ({
    id: `${number}`,
    workspaceId: 'w',
    text: 'a '.repeat(20_000),
  }));
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  expect(await wordsOfEach(texts as never)).toHaveLength(4);
  expect(hadTurn).toBe(true);
});
