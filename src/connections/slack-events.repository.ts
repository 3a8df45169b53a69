import type { EntityManager } from '@mikro-orm/postgresql';
import type { Principal } from '../credentials/principal.policy.ts';
import type { Database } from '../platform/database.ts';
import type { CredentialId, TeamId } from '../platform/ids.ts';
import {
  EVENTS_KEPT_DAYS,
  type NamedCredential,
  type SlackChange,
  type SlackEvent,
  type TokenChange,
} from './slack-events.policy.ts';

export interface ClaimedEvent extends Omit<SlackEvent, 'occurredAt'> {
  readonly attempts: number;
}

export interface NamedRow extends NamedCredential {
  readonly id: CredentialId;
  readonly version: number;
}

const LEASE_SECONDS = 60;

/** By which events about one thing are ordered. */
const happened = (event: string): string => `coalesce(${event}.occurred_at, ${event}.event_time)`;

export class SlackEventsRepository {
  constructor(private readonly database: Database) {}

  /** The apps that credentials belong to: `none` before the first install. */
  async isOurApp(appId: string): Promise<'yes' | 'no' | 'none'> {
    const [row] = await this.database.query<{ ours: boolean; any: boolean }>(
      {
        name: 'slack_events_app',
        text: `select exists (select from credentials where app_id = $1) as ours, exists (select from credentials) as any`,
      },
      [appId],
    );
    if (row?.ours) return 'yes';
    return row?.any ? 'no' : 'none';
  }

  /** False where it is known already. */
  async store({ eventId, appId, teamId, subject, change, eventTime, occurredAt }: SlackEvent): Promise<boolean> {
    const rows = await this.database.query(
      {
        name: 'slack_events_store',
        text: `insert into slack_events (event_id, app_id, team_id, subject, change, event_time, occurred_at)
          values ($1, $2, $3, $4, $5::jsonb, $6, $7) on conflict (event_id) do nothing returning event_id`,
      },
      [eventId, appId, teamId, subject, JSON.stringify(change), eventTime, occurredAt],
    );
    return rows.length > 0;
  }

  /** Takes what is due, of each subject only the earliest, so that nobody works on two about the same thing at once. */
  async claim(limit: number): Promise<ClaimedEvent[]> {
    return this.database.query<ClaimedEvent>(
      {
        name: 'slack_events_claim',
        text: `update slack_events claimed set attempts = attempts + 1,
            next_attempt_at = now() + make_interval(secs => $2)
          where event_id in (
            select due.event_id from slack_events due
            where due.finished_at is null and due.next_attempt_at <= now() and not exists (
              select from slack_events earlier
              where earlier.team_id = due.team_id and earlier.subject = due.subject and earlier.finished_at is null
                and (${happened('earlier')}, earlier.event_id) < (${happened('due')}, due.event_id))
            order by due.next_attempt_at limit $1 for update skip locked)
          returning event_id as "eventId", app_id as "appId", team_id as "teamId", subject, change,
            event_time as "eventTime", attempts`,
      },
      [limit, LEASE_SECONDS],
    );
  }

  /** The newest about the same thing that has taken effect, or is about to, where that is newer than this. */
  async overtaking(eventId: string): Promise<SlackChange | undefined> {
    const [newest] = await this.database.query<{ change: SlackChange }>(
      {
        name: 'slack_events_overtaking',
        text: `select newer.change from slack_events event
          join slack_events newer on newer.team_id = event.team_id and newer.subject = event.subject
          where event.event_id = $1 and newer.attempts > 0 and ${happened('newer')} > ${happened('event')}
          order by ${happened('newer')} desc limit 1`,
      },
      [eventId],
    );
    return newest?.change;
  }

  /** When Slack last told since then that the app was uninstalled there, or that this principal was revoked; by our clock. */
  async lastEnding(em: EntityManager, { appId, teamId, slackUserId }: Principal, since: Date): Promise<Date | null> {
    const named = JSON.stringify([slackUserId]);
    const [row] = await em.execute<{ at: string | null }[]>(
      `select max(received_at) as at from slack_events where team_id = ? and received_at >= ? and app_id = ? and (change->>'kind' = 'uninstalled'
         or change->>'kind' = 'revoked' and (change->'users' @> ?::jsonb or change->'bots' @> ?::jsonb))`,
      [teamId, since, appId, named, named],
    );
    return row?.at ? new Date(row.at) : null;
  }

  async finish(eventId: string): Promise<void> {
    await this.database.query(
      { name: 'slack_events_finish', text: 'update slack_events set finished_at = now() where event_id = $1' },
      [eventId],
    );
  }

  async postpone(eventId: string, seconds: number): Promise<void> {
    await this.database.query(
      {
        name: 'slack_events_postpone',
        text: `update slack_events set next_attempt_at = now() + make_interval(secs => $2::float8) where event_id = $1`,
      },
      [eventId, seconds],
    );
  }

  /** In slices: one long statement would hold the status streams back. */
  async forget(limit: number): Promise<number> {
    const rows = await this.database.query(
      {
        name: 'slack_events_forget',
        text: `delete from slack_events where event_id in (
            select event_id from slack_events where received_at < now() - make_interval(days => $1)
            order by received_at limit $2)
          returning event_id`,
      },
      [EVENTS_KEPT_DAYS, limit],
    );
    return rows.length;
  }

  /** The living credentials that an event about tokens names. */
  async named(appId: string, teamId: TeamId, change: TokenChange): Promise<NamedRow[]> {
    const [users, bots] = change.kind === 'revoked' ? [change.users, change.bots] : [null, null];
    return this.database.query<NamedRow>(
      {
        name: 'slack_events_named',
        text: `select principal.id, principal.version, principal.refresh_token is not null as rotates,
            (select max(holder.authorized_at) from (
              select authorized_at from connections where credential_id = principal.id
              union all
              select authorized_at from authorizations where credential_id = principal.id) holder) as "authorizedAt"
          from credentials principal
          where principal.app_id = $1 and principal.team_id = $2
            and principal.access_token is not null and principal.problem_code is null
            and ($3::text[] is null
              or principal.slack_user_id = any(case principal.kind when 'USER' then $3::text[] else $4::text[] end))
          order by principal.id`,
      },
      [appId, teamId, users, bots],
    );
  }

  async renameTeam(teamId: TeamId, name: string): Promise<void> {
    await this.database.query(
      {
        name: 'slack_events_team_name',
        text: 'update slack_teams set name = $2, updated_at = now() where id = $1 and name <> $2',
      },
      [teamId, name],
    );
  }
}
