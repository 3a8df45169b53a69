import type { Database } from '../platform/database.ts';
import type { TeamId } from '../platform/ids.ts';
import type { Pace } from './pace.policy.ts';
import type { LookTurn } from './confirmation.policy.ts';

/** A look that could not be had is not asked for again at once, even where its time has come meanwhile. */
const SOONEST_LOOK_SECONDS = 0.01;

/**
 * One look at a channel's history out of the team's budget, shared by all processes; answers with nothing where there is
 * none left now. A plain update: one that locks the row first deadlocks with others of its kind while somebody holds it
 * FOR KEY SHARE. $1 team, $2 seconds between two looks, $3 tolerance in seconds.
 */
const TAKE = `
  update delivery_teams set history_arrival_at = greatest(history_arrival_at, now()) + make_interval(secs => $2::float8)
  where team_id = $1 and history_held_until <= now() and history_arrival_at - make_interval(secs => $3::float8) <= now()
  returning team_id`;

/** Seconds until the next look may be had, by Slack's word and by the budget. $1 team, $2 tolerance in seconds. */
const UNTIL_NEXT = `
  select extract(epoch from greatest(history_held_until, now()) - now())::float8 as held,
    extract(epoch from greatest(history_arrival_at, now()) - now())::float8 - $2::float8 as spent
  from delivery_teams where team_id = $1`;

/** $1 team, $2 seconds. */
const HOLD = `
  update delivery_teams set history_held_until = greatest(history_held_until, now() + make_interval(secs => $2::float8))
  where team_id = $1`;

/** How often the histories of a team are read, by all processes together. */
export class LookBudgetRepository {
  constructor(
    private readonly database: Database,
    private readonly pace: Pick<Pace, 'historySeconds' | 'historyToleranceSeconds'>,
  ) {}

  async take(teamId: TeamId): Promise<LookTurn> {
    const { historySeconds, historyToleranceSeconds } = this.pace;
    const take = { name: 'team_history_look', text: TAKE };
    const taken = await this.database.query(take, [teamId, historySeconds, historyToleranceSeconds]);
    if (taken.length > 0) return { kind: 'taken' };
    const until = { name: 'team_until_history_look', text: UNTIL_NEXT };
    const waits = await this.database.query<{ held: number; spent: number }>(until, [teamId, historyToleranceSeconds]);
    const { held, spent } = waits[0] ?? { held: 0, spent: 0 };
    if (held > 0) return { kind: 'held', seconds: held };
    return { kind: 'spent', seconds: Math.max(SOONEST_LOOK_SECONDS, spent) };
  }

  async hold(teamId: TeamId, seconds: number): Promise<void> {
    await this.database.query({ name: 'team_history_hold', text: HOLD }, [teamId, seconds]);
  }
}
