/** Slack's three escapes are characters of the text, not words of it. */
const ESCAPES = /&(?:amp|lt|gt);/gi;

/** Without spaces nobody could tell words by a pattern: each character of these scripts counts as one. */
const SPACELESS = String.raw`\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Mymr}`;

/** Letters and digits with their marks, at most 100, so that an index can hold it; or one emoji. */
const WORD = new RegExp(
  [
    String.raw`[${SPACELESS}]\p{M}{0,9}`,
    String.raw`(?:(?![${SPACELESS}])[\p{L}\p{N}])(?:(?![${SPACELESS}])[\p{L}\p{N}\p{M}]){0,99}`,
    String.raw`\p{RI}\p{RI}`,
    String.raw`\p{Extended_Pictographic}`,
  ].join('|'),
  'gu',
);

/** Twice what a message may hold: one character can spell out a whole line, and 40,000 of them the work of seconds. */
const MOST_SPELLED_OUT = 80_000;

/** By way of capitals: ß and SS, ς and Σ are then the same letters. */
const folded = (text: string): string =>
  text.normalize('NFKC').slice(0, MOST_SPELLED_OUT).toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');

/**
 * The words by which a text is found, each once; a search finds the texts that hold all words of what is searched for.
 * Made here and not by Postgres: its parser drops what stands in `<…>`, takes `87/100` for one word, and what it takes
 * for a letter depends on the database's locale. Texts are stored with their words: a change of this function needs a
 * migration that makes them anew.
 */
export const wordsOf = (text: string): string[] => [...new Set(folded(text.replace(ESCAPES, ' ')).match(WORD))];
