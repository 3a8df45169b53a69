import { Expression, LiquidError, TypeGuards, type Template, type Token } from 'liquidjs';
import { LRUCache } from 'lru-cache';
import { engine, MAX_TEMPLATE_LENGTH } from './template-engine.ts';

/** What is wrong with a template, and where; lines and columns count from 1. */
export interface TemplateProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type Parsed =
  | { readonly kind: 'parsed'; readonly nodes: Template[]; readonly placeholders: string[] }
  | { readonly kind: 'invalid'; readonly problem: TemplateProblem };

/** Liquid itself and Slack's dates, which have braces of their own, are passed over. */
const OLDER_FORM = /\{\{.*?\}\}|\{%.*?%\}|<!date\^[^>]*>|\{([A-Za-z_]\w*(?:\.\w+)*)\}/gs;

/** The older `{name}` as Liquid's `{{ name }}`; other braces, as those of JSON, stay. */
export const toLiquid = (template: string): string =>
  template.replace(OLDER_FORM, (found, name: string | undefined) => (name === undefined ? found : `{{ ${name} }}`));

/** Words that Liquid reads as a value or an operator of its own: as a placeholder each would say nothing, or itself. */
const NO_NAMES = ['empty', 'blank', 'nil', 'null', 'true', 'false', 'contains', 'and', 'or', 'not'];

/** The first `{name}` that cannot name a value of the context. */
export const olderFormProblem = (template: string): TemplateProblem | undefined => {
  for (const { 0: found, 1: name, index } of template.matchAll(OLDER_FORM)) {
    if (name === undefined || !NO_NAMES.includes(name.split('.')[0] ?? '')) continue;
    const lines = template.slice(0, index).split('\n');
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return { message: `"${found}" names no value, since it is a word of Liquid`, line: lines.length, column };
  }
  return undefined;
};

const TOO_MANY_CALLS = 'Maximum call stack size exceeded';
const PLAIN_WORDS: Readonly<Record<string, string>> = {
  [TOO_MANY_CALLS]: 'It is nested too deeply',
  'memory alloc limit exceeded': 'It makes too long a text or list on the way',
  'template render limit exceeded': 'It takes too long to render',
};

/** What liquidjs says, without the position that it puts behind. Anything else is a fault of ours. */
export const problemOf = (error: unknown): TemplateProblem => {
  // Between two of its parts a template runs out of time without a place.
  const plain = error instanceof Error ? PLAIN_WORDS[error.message] : undefined;
  if (plain !== undefined && !LiquidError.is(error)) return { message: plain, line: 1, column: 1 };
  if (!LiquidError.is(error)) throw error;
  const said = error.message.replace(/, line:\d+, col:\d+$/, '');
  const message = PLAIN_WORDS[said] ?? said;
  return { message: message.charAt(0).toUpperCase() + message.slice(1), ...positionOf(error.token) };
};

const positionOf = (token: Token): { line: number; column: number } => {
  const [line = 1, column = 1] = token.getPosition();
  return { line, column };
};

/** In characters of templates; what is made of them takes up to 150 times as much memory. */
const MAX_REMEMBERED_CHARACTERS = 200_000;

/** A large template takes longer to read than to render, and most are read over and over. */
const remembered = new LRUCache<string, Parsed>({
  maxSize: MAX_REMEMBERED_CHARACTERS,
  sizeCalculation: (_parsed, source) => source.length + 1,
});

export const parseTemplate = (source: string): Parsed => {
  const known = remembered.get(source);
  if (known) return known;
  const parsed = parseAnew(source);
  remembered.set(source, parsed);
  return parsed;
};

const parseAnew = (source: string): Parsed => {
  if (source.length > MAX_TEMPLATE_LENGTH) return { kind: 'invalid', problem: TOO_LONG };
  if (isNestedTooDeeply(source)) return { kind: 'invalid', problem: TOO_DEEP };
  try {
    const nodes = engine.parse(source);
    const problem = unsupported(nodes);
    if (problem) return { kind: 'invalid', problem };
    return { kind: 'parsed', nodes, placeholders: placeholdersOf(nodes) };
  } catch (error) {
    return { kind: 'invalid', problem: problemOf(error) };
  }
};

/** Of a template that was checked when it was saved; none where a later version no longer takes it. */
export const placeholdersIn = (source: string): readonly string[] => {
  const parsed = parseTemplate(source);
  return parsed.kind === 'parsed' ? parsed.placeholders : [];
};

const TOO_LONG: TemplateProblem = {
  message: `It is longer than ${MAX_TEMPLATE_LENGTH.toLocaleString('en-US')} characters`,
  line: 1,
  column: 1,
};

const TOO_DEEP: TemplateProblem = { message: PLAIN_WORDS[TOO_MANY_CALLS] ?? TOO_MANY_CALLS, line: 1, column: 1 };

/** Far beyond a message; each is placed by counting the lines before it, and looked up by itself. */
export const MAX_REFERENCES = 200;
const TOO_MANY_REFERENCES = `It refers to values more than ${MAX_REFERENCES} times`;

const IN_LIQUID = /\{\{.*?\}\}|\{%.*?%\}/gs;
const MAX_BRACKETS = 20;

/** Of `a[b[c[…]]]` each part is a placeholder, which is read and looked up with all that is in it: seconds for a thousand. */
const isNestedTooDeeply = (source: string): boolean =>
  (source.match(IN_LIQUID) ?? []).some((tag) => {
    let depth = 0;
    return [...tag].some((character) => {
      depth += character === '[' ? 1 : character === ']' ? -1 : 0;
      return depth > MAX_BRACKETS;
    });
  });

/** What the context has to give, in order of appearance, each once. */
const placeholdersOf = (nodes: Template[]): string[] => {
  const uses = Object.values(engine.analyzeSync(nodes).globals).flat();
  const inOrder = uses.sort((a, b) => a.location.row - b.location.row || a.location.col - b.location.col);
  return [...new Set(inOrder.map(String))];
};

/** What liquidjs takes and should not: an endless range, words that it would pass over, and references without measure. */
const unsupported = (nodes: Template[]): TemplateProblem | undefined => {
  let references = 0;
  for (const node of everythingIn(nodes)) {
    if (TypeGuards.isPropertyAccessToken(node)) {
      references += 1;
      if (references > MAX_REFERENCES) return { message: TOO_MANY_REFERENCES, ...positionOf(node) };
    }
    if (TypeGuards.isRangeToken(node) && ![node.lhs, node.rhs].every(isWholeNumber)) {
      const message = 'A range takes two whole numbers, for example (1..5); to go through a list, name the list';
      return { message, ...positionOf(node) };
    }
    const extra = node instanceof Expression ? leftOver(node.postfix) : undefined;
    if (extra) return { message: `"${extra.getText()}" is not expected here`, ...positionOf(extra) };
  }
  return undefined;
};

/** Beyond these, adding 1 changes nothing: liquidjs would make a list without end. */
const isWholeNumber = (bound: unknown): boolean =>
  TypeGuards.isNumberToken(bound) && Number.isSafeInteger(bound.content);

/** In `{{ website name }}` the second word: liquidjs would print the first and say nothing. */
const leftOver = (postfix: readonly Token[]): Token | undefined => {
  const operands: Token[] = [];
  for (const token of postfix) {
    if (!TypeGuards.isOperatorToken(token)) operands.push(token);
    else if (token.operator !== 'not') operands.pop();
  }
  return operands[1];
};

/** The templates, their tokens and their expressions, whatever holds them: nothing that is evaluated is missed. */
const everythingIn = (nodes: Template[]): readonly object[] => {
  const found = new Set<object>([engine, nodes]);
  for (const object of found) {
    if (object === engine) continue;
    for (const part of Object.values(object) as unknown[]) {
      if (typeof part === 'object' && part !== null) found.add(part);
    }
  }
  return [...found];
};
