import type { EntityManager } from '@mikro-orm/postgresql';
import type { PrincipalUsers } from '../credentials/principal-users.ts';
import type { CredentialId } from '../platform/ids.ts';

/** Who uses a principal: live connections and authorizations of any workspace. A disconnected one points to nothing. */
export class PrincipalUsersRepository implements PrincipalUsers {
  async countOf(em: EntityManager, credentialId: CredentialId): Promise<number> {
    const [row] = await em.execute<{ users: number }[]>(
      `select ((select count(*) from connections where credential_id = ?)
             + (select count(*) from authorizations where credential_id = ?))::int as users`,
      [credentialId, credentialId],
    );
    return row?.users ?? 0;
  }
}
