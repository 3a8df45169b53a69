import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database, Sql } from '../platform/database.ts';
import type { AuthorizationId, ChannelId, ConnectionId, CredentialId } from '../platform/ids.ts';
import type { FailureCode } from './failure.policy.ts';
import { RepeatedFailureEntity } from './repeated-failure.entity.ts';

/** A connection, or a person's authorization under it. */
export interface Holder {
  readonly connectionId: ConnectionId;
  readonly authorizationId: AuthorizationId | null;
}

/** Where something failed: in a channel, or without one at the periodic check. */
export interface FailingPlace extends Holder {
  readonly channelId: ChannelId | null;
}

export interface Failure {
  readonly code: FailureCode;
  readonly slackError: string | null;
}

export interface PersistentFailure extends FailingPlace, Failure {
  readonly failures: number;
  readonly since: Date;
}

/** With this many in a row it is no accident. */
export const PERSISTENT_FAILURES = 5;

/** Whoever changes what a status follows from holds the principal's lock, before any other. */
const LOCK_PRINCIPAL = `select from credentials principal where principal.id = (
    select coalesce(personal.credential_id, connection.credential_id) from connections connection
    left join authorizations personal on personal.id = $2::uuid where connection.id = $1)
  for no key update`;

/** Failures in a row. A row is there only while the latest of them is the latest that happened. */
export class RepeatedFailuresRepository {
  constructor(private readonly database: Database) {}

  /** One more; answers with how many in a row that makes. */
  async count(place: FailingPlace, { code, slackError }: Failure): Promise<number> {
    const values = [place.connectionId, place.authorizationId, place.channelId, code, slackError, PERSISTENT_FAILURES];
    return this.#locked(place, async (sql) => {
      const [row] = await sql.query<{ failures: number }>(
        {
          name: 'repeated_failures_count',
          text: `insert into repeated_failures as repeated (connection_id, authorization_id, channel_id, failure_code,
              slack_error, failures_in_a_row, failing_since, failed_at)
            values ($1, $2, $3, $4, $5, 1, now(), now())
            on conflict (connection_id, authorization_id, channel_id) do update set
              failures_in_a_row = repeated.failures_in_a_row + 1, failed_at = now(), failure_code = $4, slack_error = $5,
              persistent_since = case when repeated.failures_in_a_row + 1 >= $6 then coalesce(repeated.persistent_since, now()) end
            returning failures_in_a_row as failures`,
        },
        values,
      );
      return row?.failures ?? 0;
    });
  }

  /** Something worked there; or, with days, nothing was tried there for so long. */
  async clear({ connectionId, authorizationId, channelId }: FailingPlace, days = 0): Promise<void> {
    await this.#locked({ connectionId, authorizationId }, (sql) =>
      sql.query(
        {
          name: 'repeated_failures_clear',
          text: `delete from repeated_failures where connection_id = $1 and authorization_id is not distinct from $2
            and channel_id is not distinct from $3 and failed_at <= now() - make_interval(days => $4)`,
        },
        [connectionId, authorizationId, channelId, days],
      ),
    );
  }

  /** The channels that failed latest; the others are as good as forgotten. */
  async channels(limit: number): Promise<ChannelId[]> {
    const rows = await this.database.query<{ id: ChannelId }>(
      {
        name: 'repeated_failures_channels',
        text: `select channel_id as id from repeated_failures where channel_id is not null order by failed_at desc limit $1`,
      },
      [limit],
    );
    return rows.map(({ id }) => id);
  }

  /** Who uses a principal, and whether its checks fail. */
  async holdersOf(credentialId: CredentialId): Promise<(Holder & { readonly isFailing: boolean })[]> {
    return this.database.query<Holder & { readonly isFailing: boolean }>(
      {
        name: 'repeated_failures_holders',
        text: `select holder.*, exists (
              select from repeated_failures where connection_id = holder."connectionId"
                and authorization_id is not distinct from holder."authorizationId" and channel_id is null) as "isFailing"
          from (
            select id as "connectionId", null::uuid as "authorizationId" from connections where credential_id = $1
            union all select connection_id, id from authorizations where credential_id = $1
          ) holder`,
      },
      [credentialId],
    );
  }

  /** What keeps failing under these connections: of each and of each authorization the one that matters most. */
  async persistentOf(connectionIds: readonly ConnectionId[]): Promise<PersistentFailure[]> {
    return this.database.query<PersistentFailure>(
      {
        name: 'repeated_failures_persistent',
        text: `select distinct on (connection_id, authorization_id) connection_id as "connectionId",
            authorization_id as "authorizationId", channel_id as "channelId", failures_in_a_row as failures,
            failing_since as since, failure_code as code, slack_error as "slackError"
          from repeated_failures where connection_id = any($1::uuid[]) and persistent_since is not null
          order by connection_id, authorization_id, channel_id is null desc, persistent_since desc`,
      },
      [connectionIds],
    );
  }

  /** A completed install begins anew. Under the principal's lock. */
  async forgetAll(em: EntityManager, { connectionId, authorizationId }: Holder): Promise<void> {
    await em.nativeDelete(RepeatedFailureEntity, { connectionId, authorizationId });
  }

  async forgetOlderThan(days: number): Promise<void> {
    const old = await this.database.query<FailingPlace>(
      {
        name: 'repeated_failures_old',
        text: `select connection_id as "connectionId", authorization_id as "authorizationId", channel_id as "channelId"
          from repeated_failures where failed_at <= now() - make_interval(days => $1)`,
      },
      [days],
    );
    for (const place of old) await this.clear(place, days);
  }

  #locked<T>({ connectionId, authorizationId }: Holder, work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.database.sqlTransaction(async (sql) => {
      await sql.query({ name: 'repeated_failures_lock', text: LOCK_PRINCIPAL }, [connectionId, authorizationId]);
      return work(sql);
    });
  }
}
