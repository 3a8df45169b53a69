/** Slack cuts off what is longer, without a word. */
export const MAX_TEXT_CODE_POINTS = 40_000;

/** Spreading counts code points: an emoji is one character to a person and two to `length`. */
export const isLongerThan = (text: string, codePoints: number): boolean =>
  text.length > codePoints && [...text].length > codePoints;

/** Postgres stores neither NUL nor half of a surrogate pair, which a cut through an emoji leaves behind. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
export const isStorable = (text: string): boolean => text.search(UNSTORABLE) < 0;
export const madeStorable = (text: string): string => text.replace(UNSTORABLE, '\uFFFD');

/** JSON spells both as escapes; an escaped backslash before `u` is none. */
const UNSTORABLE_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/;
export const isStorableJson = (json: string): boolean => !UNSTORABLE_ESCAPE.test(json);

/** What is wrong, and what to do about it. */
export const notStorable = (name: string): [message: string, remedy: string] => [
  `${name} holds a NUL character or half of a character.`,
  'Remove it; text that was cut between the halves of an emoji ends like that.',
];
