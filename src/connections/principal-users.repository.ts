import type { EntityManager } from '@mikro-orm/postgresql';
import type { PrincipalUsers } from '../credentials/principal-users.ts';
import type { CredentialId } from '../platform/ids.ts';

/** Who uses a principal: live connections and authorizations of any workspace. A disconnected one points to nothing. */
export class PrincipalUsersRepository implements PrincipalUsers {
  async used(em: EntityManager, ids: readonly CredentialId[]): Promise<ReadonlySet<CredentialId>> {
    const rows = await em.execute<{ id: CredentialId }[]>(
      `select credential_id as id from connections where credential_id = any(?::uuid[])
       union select credential_id from authorizations where credential_id = any(?::uuid[])`,
      [uuids(ids), uuids(ids)],
    );
    return new Set(rows.map(({ id }) => id));
  }
}

/** MikroORM writes a list as many values. */
const uuids = (ids: readonly CredentialId[]): string => `{${ids.join(',')}}`;
