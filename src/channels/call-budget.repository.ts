import type { Database } from '../platform/database.ts';
import type { TeamId } from '../platform/ids.ts';
import { CALL_BUDGETS, type BudgetedMethod } from './call-budget.policy.ts';

/** Slack's limits for a team, shared by all its tokens in all processes. */
export class CallBudgets {
  constructor(private readonly database: Database) {}

  /** Takes one call out of the team's budget: 0 where it may be made now, else the seconds to wait, and none is taken. */
  async take(teamId: TeamId, method: BudgetedMethod): Promise<number> {
    const { emissionSeconds, toleranceSeconds } = CALL_BUDGETS[method];
    const taken = await this.database.query(
      {
        name: 'slack_call_take',
        text: `insert into slack_call_budgets as budget (team_id, method, arrival_at)
          values ($1, $2, now() + make_interval(secs => $3::float8))
          on conflict (team_id, method) do update set
            arrival_at = greatest(budget.arrival_at, now()) + make_interval(secs => $3::float8)
            where budget.arrival_at <= now() + make_interval(secs => $4::float8)
          returning 1`,
      },
      [teamId, method, emissionSeconds, toleranceSeconds],
    );
    return taken.length > 0 ? 0 : this.#wait(teamId, method, toleranceSeconds);
  }

  /** Slack said how long it wants to hear nothing of this method from this team. */
  async hold(teamId: TeamId, method: BudgetedMethod, seconds: number): Promise<void> {
    await this.database.query(
      {
        name: 'slack_call_hold',
        text: `insert into slack_call_budgets as budget (team_id, method, arrival_at)
          values ($1, $2, now() + make_interval(secs => $3::float8))
          on conflict (team_id, method) do update set arrival_at = greatest(budget.arrival_at, excluded.arrival_at)`,
      },
      [teamId, method, seconds + CALL_BUDGETS[method].toleranceSeconds],
    );
  }

  async #wait(teamId: TeamId, method: BudgetedMethod, toleranceSeconds: number): Promise<number> {
    const rows = await this.database.query<{ seconds: number }>(
      {
        name: 'slack_call_wait',
        text: `select extract(epoch from arrival_at - now())::float8 - $3::float8 as seconds
          from slack_call_budgets where team_id = $1 and method = $2`,
      },
      [teamId, method, toleranceSeconds],
    );
    return Math.max(0.01, rows[0]?.seconds ?? 0);
  }
}
