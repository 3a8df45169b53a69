/** The methods that the directory calls, each with its own limit for a team and an app (Slack: rate-limits). */
export type BudgetedMethod = 'conversations.list' | 'conversations.info' | 'users.info';

export interface CallBudget {
  /** Between two calls in the long run. */
  readonly emissionSeconds: number;
  /** How far ahead of that pace calls may be: the burst. */
  readonly toleranceSeconds: number;
}

const MINUTE_SECONDS = 60;

/**
 * Slack counts calls in a minute and does not say when its minute begins. A burst, and after it the rest of the limit
 * spread over a minute, stays within the limit in every minute that could be meant.
 */
export const budgetOf = (perMinute: number, burst: number): CallBudget => {
  const emissionSeconds = MINUTE_SECONDS / (perMinute - burst);
  return { emissionSeconds, toleranceSeconds: (burst - 1) * emissionSeconds };
};

/** Tier 2, 3 and 4. The bursts let 8,000 channels be read at once, and a picker look up a few. */
export const CALL_BUDGETS: Readonly<Record<BudgetedMethod, CallBudget>> = {
  'conversations.list': budgetOf(20, 8),
  'conversations.info': budgetOf(50, 15),
  'users.info': budgetOf(100, 40),
};
