import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';

export interface RandomOperation {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** Decisions that were drawn beforehand, so that a failing document can be made smaller. */
class Choices {
  #used = 0;
  constructor(private readonly drawn: readonly number[]) {}

  below(count: number): number {
    const choice = this.drawn[this.#used % this.drawn.length] ?? 0;
    this.#used += 1;
    return count === 0 ? 0 : choice % count;
  }

  pick<T>(all: readonly T[]): T {
    return all[this.below(all.length)] as T;
  }

  oneIn(count: number): boolean {
    return this.below(count) === count - 1;
  }
}

const MAX_DEPTH_FIELDS = 6;
const TEXTS = ['', 'text', '*bold* <!channel>', '🎉', '\u0000', '\ud83c', '"""', '\\', 'x'.repeat(300), "' or 1=1 --"];
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  String: TEXTS,
  Int: [0, 1, 50, 100, 101, -1, 2 ** 31, 1.5],
  Boolean: [true, false],
  DateTime: ['2026-01-01T00:00:00Z', '2099-01-01T00:00:00+02:00', '0000-01-01T00:00:00Z', 'tomorrow', 7],
  URL: ['http://localhost:3000/slack', 'https://evil.example', 'javascript:alert(1)', '//x', ''],
  JSONObject: [{}, { a: [1, { b: null }] }, { deep: { deeper: ['\u0000'] } }, [], 'text'],
};
const WRONG = [null, 7, 'text', true, [], {}, [null], { no: 'such' }];
const TOKENS = [
  '{',
  '}',
  '(',
  ')',
  '"',
  '...',
  '@include',
  '$x',
  ':',
  '!',
  '#',
  'on',
  'fragment',
  '__typename',
  '\u0000',
];

/** Writes one operation after another; most of them are valid, and every part is wrong once in a while. */
class Writer {
  readonly variables: Record<string, unknown> = {};
  readonly #declared: string[] = [];

  constructor(
    private readonly choices: Choices,
    private readonly ids: readonly string[],
  ) {}

  operation(kind: RandomOperation['kind'], schema: GraphQLSchema): string {
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType() }[kind as 'query'];
    const type = root ?? schema.getSubscriptionType();
    const fields = type ? this.#selection(type, 0, schema, kind === 'subscription') : '{ __typename }';
    const declared = this.#declared.length > 0 ? `(${this.#declared.join(', ')})` : '';
    return `${kind} Random${declared} ${fields}`;
  }

  #selection(type: GraphQLNamedType, depth: number, schema: GraphQLSchema, isSingle = false): string {
    if (isAbstractType(type)) {
      const inner = schema.getPossibleTypes(type).filter(() => this.choices.oneIn(2));
      return `{ __typename ${inner.map((of) => `... on ${of.name} ${this.#selection(of, depth, schema)}`).join(' ')} }`;
    }
    if (!isObjectType(type)) return '';
    const fields = Object.values(type.getFields());
    const count = isSingle ? 1 : 1 + this.choices.below(depth === 0 ? 2 : 4);
    const wanted = Array.from({ length: count }, () => this.choices.pick(fields));
    const written = [...new Set(wanted)].map((field, index) => this.#field(field, index, depth, schema));
    return `{ ${[...(isSingle ? [] : ['__typename']), ...written, ...(this.choices.oneIn(200) ? ['noSuchField'] : [])].join(' ')} }`;
  }

  #field(field: GraphQLField<unknown, unknown>, index: number, depth: number, schema: GraphQLSchema): string {
    const type = getNamedType(field.type);
    if (!isLeafType(type) && depth >= MAX_DEPTH_FIELDS) return '__typename';
    const alias = this.choices.oneIn(4) ? `f${index}_${depth}: ` : '';
    const directive = this.choices.oneIn(20) ? ` @${this.choices.pick(['include(if: true)', 'skip(if: false)'])}` : '';
    const inner = isLeafType(type) ? '' : ` ${this.#selection(type, depth + 1, schema)}`;
    return `${alias}${field.name}${this.#arguments(field.args)}${directive}${inner}`;
  }

  #arguments(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => (isNonNullType(arg.type) ? !this.choices.oneIn(100) : this.choices.oneIn(3)));
    if (given.length === 0) return '';
    return `(${given.map((arg) => `${arg.name}: ${this.#argument(arg)}`).join(', ')})`;
  }

  #argument({ type, name }: GraphQLArgument): string {
    const value = this.#value(type, name);
    if (this.choices.oneIn(3)) return literal(value, getNamedType(type));
    const variable = `${name}${this.#declared.length}`;
    this.#declared.push(`$${variable}: ${String(type)}`);
    if (!this.choices.oneIn(100)) this.variables[variable] = value;
    return `$${variable}`;
  }

  #value(type: GraphQLInputType, name: string): unknown {
    if (this.choices.oneIn(80)) return this.choices.pick(WRONG);
    if (isNonNullType(type)) return this.#value(type.ofType, name);
    if (this.choices.oneIn(15)) return null;
    if (isListType(type)) {
      return Array.from({ length: this.choices.below(3) }, () => this.#value(type.ofType, name));
    }
    if (isInputObjectType(type)) return this.#object(Object.values(type.getFields()));
    if (isEnumType(type)) {
      return this.choices.oneIn(50) ? 'NONE_OF_THEM' : this.choices.pick(type.getValues().map((value) => value.name));
    }
    // Mostly an id that is there: what is behind a check for existence is to be reached as well.
    if (type.name === 'ID') return this.choices.pick([...this.ids, ...this.ids, ...TEXTS]);
    return this.choices.pick(VALUES[type.name] ?? ['text']);
  }

  #object(fields: readonly GraphQLInputField[]): object {
    const given = fields.filter(({ type }) => (isNonNullType(type) ? !this.choices.oneIn(100) : this.choices.oneIn(3)));
    const extra = this.choices.oneIn(100) ? { noSuchField: 1 } : {};
    return { ...Object.fromEntries(given.map(({ name, type }) => [name, this.#value(type, name)])), ...extra };
  }
}

/** A value in GraphQL's own notation. */
const literal = (value: unknown, type: GraphQLNamedType): string => {
  if (Array.isArray(value)) return `[${value.map((item) => literal(item, type)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(type) ? type.getFields() : {};
    const typeOf = (name: string): GraphQLNamedType => (fields[name] ? getNamedType(fields[name].type) : type);
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${literal(inner, typeOf(name))}`)
      .join(', ')} }`;
  }
  return isEnumType(type) && typeof value === 'string' ? value : JSON.stringify(value);
};

/** Cuts something out of the text, or puts something in. */
const disturb = (text: string, choices: Choices): string => {
  const at = choices.below(text.length);
  const rest = choices.oneIn(2) ? at : at + choices.below(8);
  return text.slice(0, at) + (choices.oneIn(3) ? '' : choices.pick(TOKENS)) + text.slice(rest);
};

/** Operations over a schema, valid and invalid; `ids` are real ones to ask about. */
export const randomOperations = (schema: GraphQLSchema, ids: readonly string[]): fc.Arbitrary<RandomOperation> =>
  fc.array(fc.nat({ max: 1_000_000 }), { minLength: 20, maxLength: 200 }).map((drawn) => {
    const choices = new Choices(drawn);
    const writer = new Writer(choices, ids);
    const kind = choices.pick(['query', 'mutation', 'query', 'mutation', 'subscription'] as const);
    const text = writer.operation(kind, schema);
    return { kind, query: choices.oneIn(6) ? disturb(text, choices) : text, variables: writer.variables };
  });
