import { Context, LiquidError, toValueSync, UndefinedVariableError, type Emitter } from 'liquidjs';
import { isLongerThan, MAX_TEXT_CODE_POINTS } from '../platform/text.ts';
import type { JsonObject } from './event-type.entity.ts';
import { issuesSentence } from './issues-sentence.policy.ts';
import { joinedValues, marked, mrkdwnOf, saidLength, withoutMadeMeaning } from './mrkdwn.policy.ts';
import { engine, NoResultError } from './template-engine.ts';
import { parseTemplate, problemOf, type Parsed, type TemplateProblem } from './template.policy.ts';

/** Both in Liquid. */
export interface Templates {
  readonly template: string;
  readonly fallback: string;
}

export interface Rendered {
  readonly text: string;
  readonly usedFallback: boolean;
  /** The placeholders of the template that the context lacks; null counts as lacking. */
  readonly missing: readonly string[];
}

export type Rendering = ({ readonly kind: 'rendered' } & Rendered) | Failed;

export type Failed =
  /** It cannot be parsed, or not be rendered within its limits. */
  | { readonly kind: 'invalid'; readonly part: keyof Templates; readonly problem: TemplateProblem }
  /** What comes of it is no message of 1 to 40,000 characters. */
  | { readonly kind: 'unsendable'; readonly reason: string };

type ParsedTemplate = Extract<Parsed, { kind: 'parsed' }>;

type Attempt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'unsendable'; readonly reason: string }
  | { readonly kind: 'missing'; readonly name: string; readonly problem: TemplateProblem }
  | { readonly kind: 'invalid'; readonly problem: TemplateProblem };

const TEST_MARK = '[Test] ';
const WEBSITE = 'website_name';
const EMPTY = 'The rendered text is empty.';
const TOO_LONG = 'The rendered text is longer than 40,000 characters.';

/** What an event says: its template, or where the context lacks something of it the whole fallback. */
export const renderEvent = (
  { template, fallback }: Templates,
  context: JsonObject,
  { isTest = false }: { isTest?: boolean } = {},
): Rendering => {
  const parsed = parseTemplate(template);
  if (parsed.kind === 'invalid') return { ...parsed, part: 'template' };
  const attempt = run(parsed, context, true);
  const lacking = lackingIn(parsed, context);
  if (attempt.kind === 'text') {
    return finished({ text: attempt.text, usedFallback: false, missing: lacking }, template, context, isTest);
  }
  if (attempt.kind === 'unsendable') return attempt;
  if (attempt.kind === 'invalid') return { ...attempt, part: 'template' };
  const missing = lacking.includes(attempt.name) ? lacking : [...lacking, attempt.name];
  const instead = renderFallback(fallback, context);
  if (instead.kind !== 'text') return instead;
  return finished({ text: instead.text, usedFallback: true, missing }, fallback, context, isTest);
};

/** Whole sentences, with the website behind them where it is known and not in them already. */
const renderFallback = (fallback: string, context: JsonObject): Extract<Attempt, { kind: 'text' }> | Failed => {
  const parsed = parseTemplate(fallback);
  if (parsed.kind === 'invalid') return { ...parsed, part: 'fallback' };
  const attempt = run(parsed, context, false);
  if (attempt.kind === 'unsendable') return attempt;
  if (attempt.kind !== 'text') return { kind: 'invalid', part: 'fallback', problem: attempt.problem };
  // What fell away leaves its blanks behind.
  const sentences = lackingIn(parsed, context).length > 0 ? attempt.text.replace(/ {2,}/g, ' ') : attempt.text;
  const website = mrkdwnOf(context[WEBSITE]).trim();
  const isNamed = parsed.placeholders.includes(WEBSITE) || website === '';
  return { kind: 'text', text: isNamed ? sentences : `${sentences.trimEnd()} (${marked(website)})` };
};

const finished = (rendered: Rendered, source: string, context: JsonObject, isTest: boolean): Rendering => {
  const body = withoutMadeMeaning(rendered.text, source).trim();
  if (body === '') return { kind: 'unsendable', reason: EMPTY };
  const text = `${isTest ? TEST_MARK : ''}${body}${issuesSentence(context)}`;
  if (isLongerThan(text, MAX_TEXT_CODE_POINTS)) return { kind: 'unsendable', reason: TOO_LONG };
  return { kind: 'rendered', ...rendered, text };
};

/** Of the template's placeholders those that the context does not give. */
const lackingIn = ({ placeholders }: ParsedTemplate, context: JsonObject): string[] => {
  // Not strict: each error that says what is undefined would quote the template around it.
  const scope = scopeOf(context, false);
  return placeholders.filter((placeholder) => {
    try {
      return (engine.evalValueSync(placeholder, scope) ?? undefined) === undefined;
    } catch (error) {
      return error instanceof UndefinedVariableError;
    }
  });
};

const run = ({ nodes }: ParsedTemplate, context: JsonObject, strict: boolean): Attempt => {
  const message = new MessageText();
  try {
    toValueSync(engine.renderer.renderTemplates(nodes, scopeOf(context, strict), message) as Generator);
    return { kind: 'text', text: joinedValues(message.buffer) };
  } catch (error) {
    if (message.isTooLong) return { kind: 'unsendable', reason: TOO_LONG };
    const problem = problemOf(error);
    const name = lackedBy(error);
    return name === undefined ? { kind: 'invalid', problem } : { kind: 'missing', name, problem };
  }
};

/** What has no value: a name, or a calculation as the template has it. */
const lackedBy = (error: unknown): string | undefined => {
  if (error instanceof UndefinedVariableError) return error.token.getText();
  const hasNoResult = LiquidError.is(error) && error.originalError instanceof NoResultError;
  return hasNoResult ? error.token.getText().replace(/^\{[{%]-?\s*|\s*-?[}%]\}$/g, '') : undefined;
};

/** Grows no further than a message can be: text that a loop repeats is charged to no other limit. */
class MessageText implements Emitter {
  buffer = '';
  isTooLong = false;
  #said = 0;

  write(given: unknown): void {
    const text = joinedValues(String(given));
    this.buffer += text;
    this.#said += saidLength(text);
    // Two units at most to a character.
    this.isTooLong = this.#said > 2 * MAX_TEXT_CODE_POINTS;
    if (this.isTooLong) throw new Error(TOO_LONG);
  }
}

/**
 * One rendering's variables and limits. `lenientIf` lets conditions and `default` ask for what may be missing; given here
 * and not to the engine, it leaves `assign` strict, which would else hide a missing placeholder behind another name.
 */
const scopeOf = (context: JsonObject, strictVariables: boolean): Context =>
  new Context(
    withoutNulls(context) as JsonObject,
    { ...engine.options, lenientIf: true },
    { sync: true, strictVariables },
    { liquid: engine },
  );

const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item: unknown) => (item === null ? undefined : withoutNulls(item)));
  if (typeof value !== 'object' || value === null) return value;
  const given = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(given.map(([key, item]) => [key, withoutNulls(item)]));
};
