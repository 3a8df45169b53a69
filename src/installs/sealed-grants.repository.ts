import type { Database } from '../platform/database.ts';
import type { InstallId, TeamId, UserId, WorkspaceId } from '../platform/ids.ts';

export interface SealedGrant {
  readonly id: InstallId;
  readonly workspaceId: WorkspaceId;
  readonly userId: UserId;
  readonly expectedTeamId: TeamId | null;
  readonly sealed: Buffer;
}

/** Grants that wait for their claim, by the key that sealed them. */
export class SealedGrantsRepository {
  constructor(private readonly database: Database) {}

  grants(prefix: Buffer, after: string, limit: number): Promise<SealedGrant[]> {
    return this.database.query<SealedGrant>(
      {
        text: `select id, workspace_id as "workspaceId", user_id as "userId", expected_team_id as "expectedTeamId",
            grant_sealed as sealed
          from installs
          where grant_sealed is not null and id > $2 and substring(grant_sealed from 1 for length($1::bytea)) <> $1::bytea
          order by id limit $3`,
      },
      [prefix, after, limit],
    );
  }

  async replace({ id, sealed: before }: SealedGrant, sealed: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      { text: 'update installs set grant_sealed = $3 where id = $1 and grant_sealed = $2 returning id' },
      [id, before, sealed],
    );
    return rows.length > 0;
  }
}
