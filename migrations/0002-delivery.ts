import { Migration } from '@mikro-orm/migrations';

/** Notifications and everything that moves them: lanes, attempts, the status log, idempotency keys. */
export class Delivery extends Migration {
  override up(): void {
    this.addSql(`
      create sequence queue_positions as bigint cache 1;

      -- Whose turn it is. turn_at 'infinity': nothing waits.
      create table delivery_teams (
        team_id text primary key,
        turn_at timestamptz not null default 'infinity',
        paused_until timestamptz not null default '-infinity',
        rate_limited_lane_id bigint,
        rate_limited_until timestamptz not null default '-infinity',
        failures_in_a_row smallint not null default 0,
        strict_until timestamptz not null default '-infinity',
        message_arrival_at timestamptz not null default '-infinity',
        history_arrival_at timestamptz not null default '-infinity',
        empty_turns smallint not null default 0
      ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
      create index delivery_teams_turn on delivery_teams (turn_at) where turn_at < 'infinity';

      -- A lane is one channel of one team. ready_at: when it may send next; lease_until: while a process works on it.
      -- visit_at joins the two for the claim's index, and only there: a late completion must never end another's lease.
      create table delivery_lanes (
        id bigint generated always as identity primary key,
        -- No foreign key: it would lock the team's row FOR KEY SHARE, and claims deadlock over such rows. No team is ever deleted.
        team_id text not null,
        channel_id text not null,
        head_priority smallint not null default -1,
        ready_at timestamptz not null default 'infinity',
        held_until timestamptz not null default '-infinity',
        theoretical_arrival_at timestamptz not null default '-infinity',
        strict_until timestamptz not null default '-infinity',
        lease_no bigint not null default 0,
        lease_until timestamptz not null default '-infinity',
        visit_at timestamptz generated always as (greatest(ready_at, lease_until)) stored,
        unique (team_id, channel_id)
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
      create index delivery_lanes_visit on delivery_lanes (team_id, head_priority, visit_at) where visit_at < 'infinity';

      -- The queue is this table. In a lane: queue_pos is set. Scheduled or parked: due_at is set. At rest: neither.
      -- attempt_open: its last attempt is not settled, so it is the head of its lane and nothing else may happen to it.
      -- entered_pos remembers the last place, so that parked rows come back in order.
      create table notifications (
        id uuid primary key,
        workspace_id text not null,
        status text not null check (status in ('QUEUED', 'SENDING', 'RETRYING', 'DELIVERED', 'FAILED', 'CANCELED', 'UNCONFIRMED')),
        priority smallint not null check (priority between 0 and 3),
        lane_id bigint references delivery_lanes (id),
        queue_pos bigint,
        entered_pos bigint,
        due_at timestamptz,
        attempt_open boolean not null default false,
        confirm_since timestamptz,
        unasked_since timestamptz,
        unasked_seconds double precision not null default 0,
        identity_id uuid,
        identity_kind text,
        connection_id uuid,
        authorization_id uuid,
        credential_id uuid,
        slack_user_id text,
        posted_as text,
        team_id text,
        channel_id text,
        channel_name text,
        thread_ts text,
        text text not null,
        -- json keeps what callers gave as they gave it; jsonb would sort their keys.
        blocks json,
        event_type text,
        website_id text,
        metadata json,
        trigger json,
        requested_by text not null,
        selected_by text,
        idempotency_key text,
        resend_of uuid unique references notifications (id),
        resend_reason text,
        is_test boolean not null default false,
        on_unknown_outcome text not null default 'HOLD' check (on_unknown_outcome in ('HOLD', 'RESEND')),
        attempt_count integer not null default 0,
        tries integer not null default 0,
        wait_reason text,
        wait_until timestamptz,
        wait_detail text,
        failure_code text,
        failure_slack_error text,
        failure_detail text,
        posted_channel_id text,
        slack_message_ts text,
        permalink text,
        created_at timestamptz not null default now(),
        scheduled_for timestamptz,
        expires_at timestamptz not null,
        sent_at timestamptz,
        delivered_at timestamptz,
        finished_at timestamptz,
        log_epoch integer not null default 0,
        log_stamp bigint not null default 0,
        check (queue_pos is null or due_at is null),
        check (status in ('QUEUED', 'SENDING', 'RETRYING') or (queue_pos is null and due_at is null and not attempt_open)),
        check ((failure_code is not null) = (status in ('FAILED', 'CANCELED', 'UNCONFIRMED')))
      ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      create index notifications_head on notifications (lane_id, attempt_open desc, priority desc, queue_pos) where queue_pos is not null;
      -- In the mover's order: a hundred thousand that are due at nine o'clock are not sorted for every few hundred of them.
      create index notifications_due on notifications (due_at, entered_pos, created_at, id) where due_at is not null;
      create index notifications_parked on notifications (credential_id, entered_pos) where wait_reason = 'CONNECTION';
      create index notifications_history on notifications (workspace_id, created_at desc, id desc);
      create index notifications_queued on notifications (workspace_id)
        where status in ('QUEUED', 'RETRYING') and wait_reason is distinct from 'SCHEDULED';
      create index notifications_waiting on notifications (connection_id) where status in ('QUEUED', 'SENDING', 'RETRYING');
      create index notifications_waiting_personal on notifications (authorization_id)
        where status in ('QUEUED', 'SENDING', 'RETRYING') and authorization_id is not null;

      -- One row per try, opened and committed before the request leaves: an open one is what a crash leaves behind.
      create table delivery_attempts (
        notification_id uuid not null references notifications (id) on delete cascade,
        number integer not null,
        lease_no bigint not null,
        started_at timestamptz not null,
        finished_at timestamptz,
        outcome text not null check (outcome in
          ('IN_FLIGHT', 'DELIVERED', 'RATE_LIMITED', 'RETRYABLE', 'REJECTED', 'UNKNOWN', 'CONFIRMED_PRESENT', 'CONFIRMED_ABSENT')),
        slack_error text,
        http_status integer,
        retry_after_seconds integer,
        duration_ms integer,
        posted_channel_id text,
        slack_message_ts text,
        primary key (notification_id, number),
        check ((outcome = 'IN_FLIGHT') = (finished_at is null))
      );

      create table idempotency_keys (
        workspace_id text not null,
        requested_by text not null,
        key text not null check (length(key) between 1 and 255),
        input_hash bytea not null,
        notification_id uuid not null references notifications (id) on delete cascade deferrable initially deferred,
        created_at timestamptz not null default now(),
        primary key (workspace_id, requested_by, key)
      );
      create index idempotency_keys_age on idempotency_keys (created_at);
      create index idempotency_keys_notification on idempotency_keys (notification_id);
    `);
  }
}
