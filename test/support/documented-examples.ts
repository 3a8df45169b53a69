import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, type OperationDefinitionNode } from 'graphql';
import { expect } from 'vitest';
import type { Caller } from './caller.ts';
import { consent, type Decision } from './slack-control.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SNIPPET = /^```graphql\n(.*?)^```$/gms;
/** A word in capitals inside quotes stands for an id from an answer before. */
const PLACEHOLDER = /"([A-Z][A-Z_]+)"/g;

type Json = Record<string, unknown>;

/** Every object in an answer that has this field, outermost first. */
const objectsWith = (value: unknown, field: string): Json[] => {
  if (typeof value !== 'object' || value === null) return [];
  const own = field in value ? [value as Json] : [];
  return [...own, ...Object.values(value).flatMap((inner) => objectsWith(inner, field))];
};

/** Runs the GraphQL examples of a document in their order, as a reader would: ids are taken from the answers before. */
export class DocumentedExamples {
  readonly #ids = new Map<string, string>();

  private constructor(
    readonly snippets: readonly string[],
    private readonly caller: Caller,
    /** What the reader chooses on Slack's consent page, for each trip in turn. */
    private readonly decisions: Decision[],
  ) {}

  static of(file: string, caller: Caller, decisions: Decision[]): DocumentedExamples {
    const text = readFileSync(path.join(ROOT, file), 'utf8');
    return new DocumentedExamples(
      [...text.matchAll(SNIPPET)].map(([, snippet = '']) => snippet),
      caller,
      decisions,
    );
  }

  /** With the ids of the answers so far. */
  filled(snippet: string): string {
    return snippet.replaceAll(PLACEHOLDER, (printed, name: string) =>
      this.#ids.has(name) ? `"${this.#ids.get(name)}"` : printed,
    );
  }

  /** Fails where an example does not work as printed; answers with what came back. */
  async run(snippet: string): Promise<Json> {
    const { data, errors } = await this.caller.send<Json>(this.filled(snippet));
    const userErrors = objectsWith(data, 'userErrors').flatMap((payload) => payload['userErrors']);
    expect({ snippet, errors, userErrors }).toEqual({ snippet, errors: undefined, userErrors: [] });
    await this.#remember(data ?? {});
    return data ?? {};
  }

  async #remember(data: Json): Promise<void> {
    for (const { authorizeUrl } of objectsWith(data, 'authorizeUrl')) await this.#travel(String(authorizeUrl));
    for (const { liveCursor } of objectsWith(data, 'liveCursor')) this.#ids.set('LIVE_CURSOR', String(liveCursor));
    for (const { connection } of objectsWith(data, 'connection'))
      if (connection) this.#ids.set('CONNECTION_ID', String((connection as Json)['id']));
    for (const { notification } of objectsWith(data, 'notification'))
      if (notification) this.#ids.set('NOTIFICATION_ID', String((notification as Json)['id']));
    for (const { id, kind } of objectsWith(data, 'kind'))
      this.#ids.set(kind === 'WORKSPACE_BOT' ? 'BOT_ID' : 'PERSON_ID', String(id));
  }

  /** Without a returnTo the claim stands on the server's own page. */
  async #travel(authorizeUrl: string): Promise<void> {
    const decision = this.decisions.shift();
    if (decision === undefined) throw new Error('The document begins more installs than the test decides about.');
    const response = await fetch(await consent(authorizeUrl, decision), { redirect: 'manual' });
    const page = response.headers.get('location') ?? (await response.text());
    const claim = /claim=([\w-]+)/.exec(page)?.[1] ?? /<textarea[^>]*>([\w-]+)</.exec(page)?.[1];
    if (claim === undefined) throw new Error(`Slack's consent led to a page without a claim: ${page}`);
    this.#ids.set('CLAIM', claim);
  }
}

export const isSubscription = (snippet: string): boolean =>
  parse(snippet).definitions.some((node) => (node as OperationDefinitionNode).operation === 'subscription');
