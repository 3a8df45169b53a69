import type { Database } from '../platform/database.ts';

/** What the whole database says of its connections, for an operator. */
export class DiagnosisRepository {
  constructor(private readonly database: Database) {}

  /** The granted scopes of every connection that works, each set once with how many have it. */
  async grantedScopes(): Promise<{ scopes: string[]; count: number }[]> {
    return this.database.query<{ scopes: string[]; count: number }>({
      text: `select principal.scopes, count(*)::int as count
        from connections connection join credentials principal on principal.id = connection.credential_id
        where principal.problem_code is null group by principal.scopes`,
    });
  }

  async lastEventAt(): Promise<Date | undefined> {
    const [row] = await this.database.query<{ at: Date | null }>({
      text: 'select max(received_at) as at from slack_events',
    });
    return row?.at ?? undefined;
  }
}
