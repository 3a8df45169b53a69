import { toValue } from 'liquidjs';
import { madeStorable } from '../platform/text.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** How a value reads: lists as "a, b", objects as JSON, nothing for what is missing. */
const sayable = (given: unknown): string => {
  const value: unknown = toValue(given);
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return value.map(sayable).filter(Boolean).join(', ');
  return JSON.stringify(value);
};

/**
 * A value as mrkdwn, with halves of an emoji that a filter cut made visible: without `<` and `>`, nothing in it can become
 * a mention or a link (Slack: messaging/formatting).
 */
export const mrkdwnOf = (value: unknown): string =>
  madeStorable(sayable(value)).replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);

/** Stands before and behind each value until the text is whole; neither a template nor a value can hold it. */
const MARK = '\0';

/** What is mrkdwn already, marked as a value. */
export const marked = (mrkdwn: string): string => `${MARK}${mrkdwn}${MARK}`;
export const markedValue = (value: unknown): string => marked(mrkdwnOf(value));

/** How long a piece of text is without the marks around it. */
export const saidLength = (text: string): number => text.length - (text.startsWith(MARK) ? 2 * MARK.length : 0);

/** Without the marks around nothing, and between values that touch. */
export const joinedValues = (text: string): string => text.replaceAll(MARK + MARK, '');

/** What Slack reads as more than text: a mention, a link or a date, up to its end. Its `<` is the template's. */
const ENCLOSED = /<[^<>]*>?/g;
const MENTION = /^<(?:[@#]|!(?!date\^))/;
const DATE = '<!date^';
const SCHEME = /^<[a-z][a-z0-9+.-]*:/i;

/**
 * A mention stands only where the template spells it out whole: `<@{{ name }}>` would let a value choose who is called, and
 * `<{{ url }}>` a mention that the template has elsewhere.
 * A link or a date takes values where the template says what it is: a date, a scheme, or a `|` before a label. No value
 * before the label can end what the template began, or begin another part of it.
 */
const isSpelledOut = (enclosed: string, template: string): boolean => {
  const parts = enclosed.split(MARK);
  const said = parts.join('');
  if (MENTION.test(said)) return parts.length === 1 && template.includes(said);
  if (parts.length === 1) return true;
  // Every other part is a value.
  const label = parts.findIndex((part, index) => index % 2 === 0 && part.includes('|'));
  const before = parts.filter((_, index) => index % 2 === 1 && (label < 0 || index < label));
  const first = parts[0] ?? '';
  if (said.startsWith('<!')) return first.startsWith(DATE) && before.every((value) => !/[|^]/.test(value));
  return (label >= 0 || SCHEME.test(first)) && before.every((value) => !value.includes('|'));
};

/** The text without its marks, in which no value made a mention, a link or a date. */
export const withoutMadeMeaning = (text: string, template: string): string =>
  text
    .replace(ENCLOSED, (found) => (isSpelledOut(found, template) ? found : `&lt;${found.slice(1)}`))
    .replaceAll(MARK, '');
