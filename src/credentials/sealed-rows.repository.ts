import type { Database } from '../platform/database.ts';
import type { CredentialId, RevocationId, SlackUserId, TeamId } from '../platform/ids.ts';

export type TokenColumn = 'access_token' | 'refresh_token';

interface SealedOwner {
  readonly appId: string;
  readonly teamId: TeamId;
  readonly slackUserId: SlackUserId;
  readonly sealed: Buffer;
}

export interface SealedToken extends SealedOwner {
  readonly id: CredentialId;
  readonly version: number;
}

export interface SealedRevocation extends SealedOwner {
  readonly id: RevocationId;
  readonly credentialId: CredentialId;
}

const OWNER = `credential.app_id as "appId", credential.team_id as "teamId", credential.slack_user_id as "slackUserId"`;

/** Sealed values by the key that sealed them, which the first bytes of a value name. */
export class SealedRowsRepository {
  constructor(private readonly database: Database) {}

  /** `field` is one of two names of this program, never a caller's. */
  tokens(field: TokenColumn, prefix: Buffer, after: string, limit: number): Promise<SealedToken[]> {
    return this.database.query<SealedToken>(
      {
        text: `select credential.id, credential.version, ${OWNER}, credential.${field} as sealed from credentials credential
          where credential.${field} is not null and credential.id > $2
            and substring(credential.${field} from 1 for length($1::bytea)) <> $1::bytea
          order by credential.id limit $3`,
      },
      [prefix, after, limit],
    );
  }

  async replaceToken(field: TokenColumn, { id, version }: SealedToken, sealed: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      {
        text: `update credentials set ${field} = $3, version = version + 1, updated_at = now()
          where id = $1 and version = $2 returning id`,
      },
      [id, version, sealed],
    );
    return rows.length > 0;
  }

  revocations(prefix: Buffer, after: string, limit: number): Promise<SealedRevocation[]> {
    return this.database.query<SealedRevocation>(
      {
        text: `select revocation.id, credential.id as "credentialId", ${OWNER}, revocation.token_sealed as sealed
          from revocations revocation join credentials credential on credential.id = revocation.credential_id
          where revocation.id > $2 and substring(revocation.token_sealed from 1 for length($1::bytea)) <> $1::bytea
          order by revocation.id limit $3`,
      },
      [prefix, after, limit],
    );
  }

  async replaceRevocation({ id, sealed: before }: SealedRevocation, sealed: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      { text: 'update revocations set token_sealed = $3 where id = $1 and token_sealed = $2 returning id' },
      [id, before, sealed],
    );
    return rows.length > 0;
  }
}
