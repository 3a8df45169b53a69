import { Liquid } from 'liquidjs';
import { markedValue } from './mrkdwn.policy.ts';

export const MAX_TEMPLATE_LENGTH = 10_000;
const RENDER_LIMIT_MS = 200;
/** In liquidjs' own measure: about one per character or list entry that a filter makes. */
const MEMORY_LIMIT = 100_000;

/**
 * A template is a sentence, not a program. What is left out reads files (`include`, `render`, `layout`), writes HTML
 * (`tablerow`), collects text beyond the limits and escapes it twice (`capture`), or reads expressions at run time.
 */
const TAGS = ['assign', 'if', 'unless', 'case', 'for', 'break', 'continue', 'cycle', 'comment', '#', 'echo'];

/**
 * Only filters that make no more than they are charged for. Left out: `raw`, whatever nests lists in each other (their
 * text then doubles with each step, uncharged), takes an expression as text (`where`, `find` …), escapes for HTML,
 * draws lots, or throws for the wrong value.
 */
const FILTERS = [
  'default json date date_to_string date_to_long_string date_to_xmlschema',
  'abs at_least at_most ceil divided_by floor minus modulo plus round times',
  'append prepend capitalize downcase upcase lstrip rstrip strip squish strip_html strip_newlines normalize_whitespace',
  'remove remove_first remove_last replace replace_first replace_last slice split truncate truncatewords',
  'slugify url_encode number_of_words array_to_sentence_string',
  'compact first join last map reverse size sort sort_natural sum uniq',
].flatMap((names) => names.split(' '));

type Filter = Extract<Liquid['filters'][string], (...given: never[]) => unknown>;

/** A calculation by zero: "Infinity" and "NaN" are nothing to tell anybody. */
export class NoResultError extends Error {
  constructor() {
    super('a calculation has no result');
  }
}

/** The name of a day or a month is looked up anew for each of its marks, in a quarter of a millisecond. */
const MAX_DATE_FORMAT_LENGTH = 200;

class DateFormatError extends Error {
  constructor() {
    super(`the format of a date has more than ${MAX_DATE_FORMAT_LENGTH} characters`);
  }
}

/** Not every filter charges for what it makes, and a long chain of them would run between two looks at the clock. */
const charged = (name: string, filter: Filter): Filter =>
  function* (value: unknown, ...args: unknown[]) {
    this.context.renderLimit.check(performance.now());
    if (name === 'date' && String(args[0]).length > MAX_DATE_FORMAT_LENGTH) throw new DateFormatError();
    const made: unknown = yield filter.call(this, value, ...args);
    if (typeof made === 'string') this.context.memoryLimit.use(made.length);
    if (typeof made !== 'number' || Number.isFinite(made)) return made;
    if (this.context.strictVariables) throw new NoResultError();
    return undefined;
  };

const createEngine = (): Liquid => {
  const engine = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    outputEscape: markedValue,
    templates: {},
    timezoneOffset: 0,
    locale: 'en-US',
    parseLimit: MAX_TEMPLATE_LENGTH,
    renderLimit: RENDER_LIMIT_MS,
    memoryLimit: MEMORY_LIMIT,
  });
  for (const tag of Object.keys(engine.tags)) if (!TAGS.includes(tag)) delete engine.tags[tag];
  for (const [name, filter] of Object.entries(engine.filters)) {
    if (FILTERS.includes(name) && typeof filter === 'function') engine.registerFilter(name, charged(name, filter));
    else engine.unregisterFilter(name);
  }
  return engine;
};

/** The one Liquid of this server; it holds no state of a template. */
export const engine = createEngine();
