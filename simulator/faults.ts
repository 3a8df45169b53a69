import { z } from 'zod';

const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('error'), error: z.string(), extra: z.record(z.string(), z.unknown()).optional() }),
  z.strictObject({ type: z.literal('ratelimit'), retryAfter: z.union([z.string(), z.number()]).nullable().optional() }),
  z.strictObject({
    type: z.literal('status'),
    status: z.number().int().min(200).max(599),
    body: z.string().optional(),
    apply: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('html'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('empty'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('null'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('truncated'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('hang'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('stall'), apply: z.boolean().optional() }),
  z.strictObject({ type: z.literal('slow'), ms: z.number().min(0) }),
  z.strictObject({ type: z.literal('reset_before') }),
  z.strictObject({ type: z.literal('reset_after') }),
  z.strictObject({ type: z.literal('apply_then_status'), status: z.number().int().min(200).max(599) }),
  z.strictObject({ type: z.literal('apply_then_error'), error: z.string() }),
  z.strictObject({
    type: z.literal('apply_late'),
    ms: z.number().min(0),
    answer: z.enum(['reset', 'hang']).optional(),
  }),
]);

export const faultSchema = z
  .object({
    match: z
      .object({
        /** A method, a prefix ending in `*` (`chat.*`), or `*`. */
        method: z.string(),
        team: z.string().optional(),
        channel: z.string().optional(),
        tokenKind: z.enum(['bot', 'user']).optional(),
        textIncludes: z.string().optional(),
      })
      .strict(),
    fault: action,
    /** How many calls it strikes; 0 = for ever. */
    times: z.number().int().min(0).default(1),
    probability: z.number().min(0).max(1).default(1),
  })
  .strict();

export type FaultAction = z.infer<typeof action>;
export type FaultScript = z.infer<typeof faultSchema>;

export interface FaultTarget {
  readonly method: string;
  readonly team: string | null;
  readonly channel: string | null;
  readonly tokenKind: 'bot' | 'user' | null;
  readonly text: string | null;
}

interface ArmedFault {
  readonly id: string;
  readonly script: FaultScript;
  left: number;
}

/** The scripted faults, oldest first; the first that matches and strikes wins. */
export class Faults {
  readonly #random: () => number;
  #armed: ArmedFault[] = [];
  #lastId = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  arm(script: FaultScript): string {
    this.#lastId += 1;
    const id = `fault-${this.#lastId}`;
    this.#armed.push({ id, script, left: script.times === 0 ? Number.POSITIVE_INFINITY : script.times });
    return id;
  }

  get armed(): boolean {
    return this.#armed.length > 0;
  }

  strike(target: FaultTarget): FaultAction | null {
    for (const fault of this.#armed) {
      if (!matches(fault.script, target) || this.#random() >= fault.script.probability) continue;
      fault.left -= 1;
      if (fault.left <= 0) this.#armed = this.#armed.filter((other) => other !== fault);
      return fault.script.fault;
    }
    return null;
  }

  list(): { id: string; left: number | null; script: FaultScript }[] {
    return this.#armed.map(({ id, left, script }) => ({ id, left: Number.isFinite(left) ? left : null, script }));
  }

  clear(id?: string): void {
    this.#armed = id === undefined ? [] : this.#armed.filter((fault) => fault.id !== id);
  }
}

function matches({ match }: FaultScript, target: FaultTarget): boolean {
  return (
    methodMatches(match.method, target.method) &&
    (match.team === undefined || match.team === target.team) &&
    (match.channel === undefined || match.channel === target.channel) &&
    (match.tokenKind === undefined || match.tokenKind === target.tokenKind) &&
    (match.textIncludes === undefined || (target.text?.includes(match.textIncludes) ?? false))
  );
}

function methodMatches(pattern: string, method: string): boolean {
  return pattern.endsWith('*') ? method.startsWith(pattern.slice(0, -1)) : pattern === method;
}
