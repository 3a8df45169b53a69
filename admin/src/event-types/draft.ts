import type { EventTypePartsFragment, Priority } from '../../generated/graphql.ts';

export interface Draft {
  readonly key: string;
  readonly title: string;
  readonly template: string;
  readonly fallback: string;
  readonly priority: Priority;
  /** The sample context as it is typed. */
  readonly context: string;
}

export const draftOf = ({
  key,
  title,
  template,
  fallback,
  priority,
  sampleContext,
}: EventTypePartsFragment): Draft => ({
  key,
  title,
  template,
  fallback,
  priority,
  context: JSON.stringify(sampleContext, null, 2),
});

/** Undefined while what is typed is no JSON object. */
export function contextOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
