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

/** A value as mrkdwn, with halves of an emoji that a filter cut made visible: without `<` and `>`, nothing in it can become a mention or a link (Slack: messaging/formatting). */
export const mrkdwnOf = (value: unknown): string =>
  madeStorable(sayable(value)).replace(/[&<>]/g, (character) => ESCAPES[character] ?? character);

/** A mention of a person, a channel or everybody, up to its end; a date (`<!date^…>`) is none. */
const MENTION = /<(?:[@#]|!(?!date\^))[^<>]*>?/g;

/** A mention stands only where the template spells it out: `<@{{ name }}>` would let a value choose who is called. */
export const withoutMadeMentions = (text: string, template: string): string =>
  text.replace(MENTION, (mention) => (template.includes(mention) ? mention : `&lt;${mention.slice(1)}`));
