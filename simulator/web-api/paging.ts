import { fail, textOf } from './call.ts';
import type { Answer, Arguments } from './call.ts';

export function encodeCursor(kind: string, value: string): string {
  return Buffer.from(`${kind}:${value}`).toString('base64');
}

/** The value of a cursor of this kind; null for none, undefined for one that Slack never gave out. */
export function decodeCursor(args: Arguments, kind: string): string | null | undefined {
  const cursor = textOf(args, 'cursor');
  if (cursor === null) return null;
  const [found, value] = Buffer.from(cursor, 'base64').toString('utf8').split(':');
  return found === kind && value !== undefined && value !== '' ? value : undefined;
}

export function pageLimit(args: Arguments, fallback: number, max: number): number | Answer {
  const given = textOf(args, 'limit');
  if (given === null) return fallback;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 0) return fail('invalid_limit');
  return limit === 0 ? fallback : Math.min(limit, max);
}
