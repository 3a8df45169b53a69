import { Migration } from '@mikro-orm/migrations';

/** An index for a part of a name, in what every Postgres has: no extension, and so no right to make one. */
export class ChannelSearch extends Migration {
  override up(): void {
    this.addSql(`
      -- Each two neighbouring characters of a name, mixed with whose listing it is in: one index serves all listings, and
      -- a search reads only what its own listing has. The cost says that computing it for each row is no plan, and being
      -- parallel unsafe keeps workers from being started for what takes a millisecond.
      create function channel_pairs(listing uuid, name text) returns bigint[] language sql immutable strict cost 1000 as $$
        select array_agg(distinct hashtextextended(substr(name, place, 2), hashtextextended(listing::text, 0)))
        from generate_series(1, length(name) - 1) as place
      $$;
      -- What is pending is read with every search: little of it is allowed.
      create index channels_by_pair on channels using gin (channel_pairs(credential_id, search_name))
        with (gin_pending_list_limit = 256);
    `);
  }
}
