import type { Database } from '../platform/database.ts';

export class FailingChannelsRepository {
  constructor(private readonly database: Database) {}

  /** One more failure; answers with how many in a row that makes. */
  async count(laneId: string): Promise<number> {
    const [row] = await this.database.query<{ failures: number }>(
      {
        name: 'failing_channels_count',
        text: `insert into failing_channels as channel (lane_id, failures_in_a_row, failed_at) values ($1, 1, now())
          on conflict (lane_id) do update set failures_in_a_row = channel.failures_in_a_row + 1, failed_at = now()
          returning failures_in_a_row as failures`,
      },
      [laneId],
    );
    return row?.failures ?? 0;
  }

  async clear(laneIds: readonly string[]): Promise<void> {
    await this.database.query(
      { name: 'failing_channels_clear', text: 'delete from failing_channels where lane_id = any($1::bigint[])' },
      [laneIds],
    );
  }

  /** The latest of those that failed; the others are as good as forgotten. */
  async lanes(limit: number): Promise<string[]> {
    const rows = await this.database.query<{ lane: string }>(
      {
        name: 'failing_channels_lanes',
        text: 'select lane_id::text as lane from failing_channels order by failed_at desc limit $1',
      },
      [limit],
    );
    return rows.map(({ lane }) => lane);
  }
}
