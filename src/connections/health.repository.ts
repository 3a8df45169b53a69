import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '../platform/database.ts';
import type { CredentialId, TeamId } from '../platform/ids.ts';
import type { ConnectionStatus } from './connection.policy.ts';

export interface CheckedCredential {
  readonly id: CredentialId;
  readonly version: number;
  readonly teamId: TeamId;
  /** Its token is there, and nothing is known to be wrong with it. */
  readonly isLiving: boolean;
}

const CHECK_EVERY = `interval '15 minutes'`;
const CHECK_AGAIN_AFTER = `interval '1 minute'`;

export class HealthRepository {
  constructor(private readonly database: Database) {}

  /** Takes credentials whose time has come; processes that ask at once get different ones. */
  async claim(limit: number): Promise<CheckedCredential[]> {
    return this.database.query<CheckedCredential>(
      {
        name: 'credential_checks_claim',
        text: `with due as (
            update credential_checks set next_check_at = now() + ${CHECK_EVERY} * (0.9 + 0.2 * random())
            where credential_id in (
              select credential_id from credential_checks where next_check_at <= now()
              order by next_check_at limit $1 for update skip locked)
            returning credential_id)
          select principal.id, principal.version, principal.team_id as "teamId",
            principal.access_token is not null and principal.problem_code is null as "isLiving"
          from due join credentials principal on principal.id = due.credential_id`,
      },
      [limit],
    );
  }

  /** With the transaction that stores its grant, once that is committed. */
  async checkAtOnce(em: EntityManager, id: CredentialId): Promise<void> {
    await em.execute('update credential_checks set next_check_at = now() where credential_id = ?', [id]);
  }

  async checkSoon(id: CredentialId): Promise<void> {
    await this.database.query(
      {
        name: 'credential_checks_soon',
        text: `update credential_checks set next_check_at = least(next_check_at, now() + ${CHECK_AGAIN_AFTER})
          where credential_id = $1`,
      },
      [id],
    );
  }

  /** How many workspace connections are in each status. */
  async countByStatus(): Promise<Map<ConnectionStatus, number>> {
    const rows = await this.database.query<{ status: ConnectionStatus; count: number }>({
      name: 'connections_by_status',
      text: `select case when principal.id is null then 'DISCONNECTED'
            when principal.problem_code is null then 'ACTIVE' else 'NEEDS_REAUTHORIZATION' end as status,
          count(*)::int as count
        from connections connection left join credentials principal on principal.id = connection.credential_id
        group by 1`,
    });
    return new Map(rows.map(({ status, count }) => [status, count]));
  }
}
