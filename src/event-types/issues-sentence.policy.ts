import type { JsonObject } from './event-type.entity.ts';

/** A count as number or digits; anything else counts nothing. */
const countOf = (value: unknown): number | undefined => {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : undefined;
};

/** What every message gains whose context has `issues_count` and says nothing of its own in `issues_summary`. */
export const issuesSentence = (context: JsonObject): string => {
  const count = countOf(context['issues_count']);
  if (count === undefined || (context['issues_summary'] ?? '') !== '') return '';
  if (count === 0) return ' No issues found - great job!';
  return ` Found ${count} ${count === 1 ? 'issue' : 'issues'} to review.`;
};
