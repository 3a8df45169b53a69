import type { Database } from '../platform/database.ts';
import type { CredentialId, SlackUserId, TeamId } from '../platform/ids.ts';
import type { PrincipalKind } from './credential.entity.ts';

/** A credential as a refresh looks at it; times are spans, by the database's clock. */
export interface RefreshRow {
  readonly id: CredentialId;
  readonly appId: string;
  readonly teamId: TeamId;
  readonly slackUserId: SlackUserId;
  readonly kind: PrincipalKind;
  readonly accessToken: Buffer | null;
  readonly refreshToken: Buffer | null;
  readonly version: number;
  readonly problemCode: string | null;
  readonly problemSince: Date | null;
  readonly failures: number;
  readonly now: Date;
  /** Null where the token does not expire. */
  readonly leftSeconds: number | null;
  readonly isLeased: boolean;
  /** Until the next try; not positive where one may begin. */
  readonly pauseSeconds: number;
}

export interface RefreshLease {
  readonly owner: string;
  readonly seconds: number;
}

const COLUMNS = `id, app_id as "appId", team_id as "teamId", slack_user_id as "slackUserId", kind,
  access_token as "accessToken", refresh_token as "refreshToken", version, problem_code as "problemCode",
  problem_since as "problemSince", refresh_failures as failures, now() as now,
  extract(epoch from token_expires_at - now())::float8 as "leftSeconds",
  coalesce(refresh_until > now(), false) as "isLeased",
  greatest(0, coalesce(extract(epoch from refresh_not_before - now()), 0))::float8 as "pauseSeconds"`;

const IS_FREE = `coalesce(refresh_until, '-infinity') <= now()`;

/** The lease of a refresh, kept on the credential's row. No statement here runs in a transaction with a call. */
export class RefreshRepository {
  constructor(private readonly database: Database) {}

  async find(id: CredentialId): Promise<RefreshRow | undefined> {
    const [row] = await this.database.query<RefreshRow>(
      { name: 'refresh_find', text: `select ${COLUMNS} from credentials where id = $1` },
      [id],
    );
    return row;
  }

  /** Undefined where somebody was quicker, or changed the row since it was read. */
  async lease({ id, version }: RefreshRow, { owner, seconds }: RefreshLease): Promise<RefreshRow | undefined> {
    const [row] = await this.database.query<RefreshRow>(
      {
        name: 'refresh_lease',
        text: `update credentials set refresh_owner = $3, refresh_until = now() + make_interval(secs => $4::float8),
            version = version + 1, updated_at = now()
          where id = $1 and version = $2 and ${IS_FREE} and refresh_token is not null and problem_code is null
          returning ${COLUMNS}`,
      },
      [id, version, owner, seconds],
    );
    return row;
  }

  /** Those that expire soonest, of those that nobody refreshes now. Processes that ask at once get different ones. */
  async leaseDue({ owner, seconds }: RefreshLease, aheadSeconds: number, limit: number): Promise<RefreshRow[]> {
    return this.database.query<RefreshRow>(
      {
        name: 'refresh_lease_due',
        text: `update credentials set refresh_owner = $1, refresh_until = now() + make_interval(secs => $2::float8),
            version = version + 1, updated_at = now()
          where id in (
            select id from credentials
            where token_expires_at <= now() + make_interval(secs => $3::float8)
              and refresh_token is not null and problem_code is null and ${IS_FREE}
              and coalesce(refresh_not_before, '-infinity') <= now()
            order by token_expires_at limit $4 for no key update skip locked
          ) returning ${COLUMNS}`,
      },
      [owner, seconds, aheadSeconds, limit],
    );
  }

  /** Nothing was asked: whoever waits may begin. */
  async release({ id, version }: RefreshRow, owner: string): Promise<void> {
    await this.database.query(
      {
        name: 'refresh_release',
        text: `update credentials set refresh_owner = null, refresh_until = null, version = version + 1, updated_at = now()
          where id = $1 and version = $2 and refresh_owner = $3`,
      },
      [id, version, owner],
    );
  }

  /** It failed and says nothing of the grant: the next try comes after the pause. */
  async postpone({ id, version }: RefreshRow, owner: string, pauseSeconds: number): Promise<void> {
    await this.database.query(
      {
        name: 'refresh_postpone',
        text: `update credentials set refresh_owner = null, refresh_until = null, version = version + 1, updated_at = now(),
            refresh_failures = least(refresh_failures + 1, 1000),
            refresh_not_before = now() + make_interval(secs => $4::float8)
          where id = $1 and version = $2 and refresh_owner = $3`,
      },
      [id, version, owner, pauseSeconds],
    );
  }
}
