import { Migration } from '@mikro-orm/migrations';

/** What Slack told by its events: stored before it is acknowledged, and kept a week so that each counts once. */
export class SlackEvents extends Migration {
  override up(): void {
    this.addSql(`
      create table slack_events (
        event_id text primary key,
        app_id text not null,
        team_id text not null,
        -- What it is about: events about one thing take effect in the order in which they happened.
        subject text not null,
        -- The part that is needed, in our words. Nothing else of the body is kept.
        change jsonb not null,
        event_time timestamptz not null,
        received_at timestamptz not null default now(),
        attempts integer not null default 0,
        -- While somebody is at it: until when nobody else takes it.
        next_attempt_at timestamptz not null default now(),
        finished_at timestamptz
      );
      create index slack_events_due on slack_events (next_attempt_at) where finished_at is null;
      create index slack_events_subject on slack_events (team_id, subject, event_time);
      create index slack_events_received on slack_events (received_at);
    `);
  }
}
