import type { TestDatabase } from './database.ts';

/** What a token of Slack's, or of the simulated one, begins with; also as the hexadecimal that Postgres prints bytes in. */
const BEGINNINGS = ['xoxb-', 'xoxp-', 'xoxe-', 'xoxe.'];
const MARKS = [...BEGINNINGS, ...BEGINNINGS.map((text) => Buffer.from(text).toString('hex'))];

/** A JSON Web Token's header: `{"alg":` in base64url. */
const SIGNED = 'eyJhbGciOi';

/** Says where a secret was found, and never the secret. */
export const expectNoSecret = (where: string, text: string, secrets: readonly string[] = []): void => {
  const mark = MARKS.find((beginning) => text.includes(beginning));
  if (mark !== undefined) throw new Error(`A token that begins with ${mark} was found in ${where}.`);
  const index = secrets.findIndex((secret) => text.includes(secret));
  if (index >= 0) throw new Error(`Secret number ${index} of the test's world was found in ${where}.`);
};

/**
 * Every column of every table, searched where it is: tables of the load tests are large. Each thing looked for is one more
 * pass over them, so all access tokens are looked for at once, by what every signed token begins with.
 */
export const expectNoSecretStored = async (database: TestDatabase, secrets: readonly string[]): Promise<void> => {
  const sought = [...MARKS, ...new Set(secrets.map((secret) => (secret.startsWith(SIGNED) ? SIGNED : secret)))];
  const tables = await database.query<{ name: string }>(
    `select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const rows = await database.query<{ row: string }>(
      `select t::text as row from (select * from ${name} limit 20000) t where t::text like any($1::text[]) limit 1`,
      [sought.map((text) => `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)],
    );
    if (rows[0]) throw new Error(`A secret is stored in the table ${name}.`);
  }
};
