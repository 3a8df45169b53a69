import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { newId, type CredentialId } from '../platform/ids.ts';
import { CredentialEntity, type Credential } from './credential.entity.ts';
import type { EndedPrincipal } from './ended-grant.policy.ts';
import type { Principal } from './principal.policy.ts';

const WITNESSES = 100;

const sameRow = ({ appId, teamId, slackUserId }: Principal) => ({ appId, teamId, slackUserId });

export class CredentialRepository {
  find(em: EntityManager, id: CredentialId): Promise<Credential | null> {
    return em.findOne(CredentialEntity, { id }, { refresh: true });
  }

  /** In order of id, the same order everywhere: two that want the same rows then wait instead of blocking each other. */
  lock(em: EntityManager, ids: readonly CredentialId[]): Promise<Credential[]> {
    return em.find(
      CredentialEntity,
      { id: { $in: [...new Set(ids)] } },
      { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE, refresh: true },
    );
  }

  /** Whether Slack's id is of a bot where a person was granted something, or the other way round. */
  async isOfAnotherKind(em: EntityManager, principal: Principal): Promise<boolean> {
    const known = await em.findOne(CredentialEntity, sameRow(principal), {
      fields: ['kind'],
      disableIdentityMap: true,
    });
    return known !== null && known.kind !== principal.kind;
  }

  /** Makes the principal's row where there is none: "does anybody use it?" is always asked under its lock. */
  async ensure(em: EntityManager, principal: Principal): Promise<CredentialId> {
    await em.execute(
      `insert into credentials (id, app_id, team_id, slack_user_id, kind) values (?, ?, ?, ?, ?)
       on conflict (app_id, team_id, slack_user_id) do nothing`,
      [newId<CredentialId>(), principal.appId, principal.teamId, principal.slackUserId, principal.kind],
    );
    return (await em.findOneOrFail(CredentialEntity, sameRow(principal), { fields: ['id'], disableIdentityMap: true }))
      .id;
  }

  /**
   * Some credential of another team whose token is not expired and of which nothing bad is known; undefined where there is
   * none. By chance, since one that died unnoticed would be asked again and again; of a few, so that no try reads them all.
   */
  async findWitness(
    em: EntityManager,
    { appId, teamId }: Pick<Principal, 'appId' | 'teamId'>,
  ): Promise<CredentialId | undefined> {
    const [witness] = await em.execute<{ id: CredentialId }[]>(
      `select id from (
         select id from credentials
         where app_id = ? and team_id <> ? and access_token is not null and problem_code is null
           and coalesce(token_expires_at, 'infinity') > now() limit ${WITNESSES}) candidates
       order by random() limit 1`,
      [appId, teamId],
    );
    return witness?.id;
  }

  /**
   * Undefined where the version has moved on: somebody else changed the credential meanwhile, and theirs stands. Undefined
   * also while a refresh is under way or has to be repeated: Slack may have ended the old token for a new one.
   */
  async markEnded(
    em: EntityManager,
    id: CredentialId,
    version: number,
    slackError: string,
  ): Promise<EndedPrincipal | undefined> {
    const [ended] = await em.execute<EndedPrincipal[]>(
      `update credentials set problem_code = ?, problem_since = now(), version = version + 1, updated_at = now()
       where id = ? and version = ? and problem_code is null and access_token is not null
         and (refresh_token is null or (refresh_failures = 0 and coalesce(refresh_until, '-infinity') <= now()))
       returning id, team_id as "teamId", kind`,
      [slackError, id, version],
    );
    return ended;
  }
}
