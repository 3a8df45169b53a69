import { defineEntity, p, type InferEntity } from '@mikro-orm/postgresql';
import { AuthorizationEntity } from '../connections/authorization.entity.ts';
import { ConnectionEntity } from '../connections/connection.entity.ts';
import type { IdentityId } from '../platform/ids.ts';

export type IdentityKind = 'WORKSPACE_BOT' | 'PERSONAL_USER';

/** Who a message is posted as. The row outlives disconnects, so that history and reconnects keep its id. */
export const IdentityEntity = defineEntity({
  name: 'Identity',
  tableName: 'identities',
  properties: {
    id: p.uuid().primary().$type<IdentityId>(),
    kind: p.text().$type<IdentityKind>(),
    connection: () => p.manyToOne(ConnectionEntity),
    authorization: () => p.manyToOne(AuthorizationEntity).strictNullable(),
  },
});
export type Identity = InferEntity<typeof IdentityEntity>;
