import type { DataSource } from "typeorm";

/** What the product is tried with: roles that are granted with single rights came with 16. The documents name it, too. */
export const OLDEST_POSTGRES = 16;

/** What to do about a PostgreSQL that is too old; undefined where it is not. */
export async function whyTooOld(source: DataSource): Promise<string | undefined> {
  const [{ version, major }] = await source.query(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major",
  );
  if (major >= OLDEST_POSTGRES) return undefined;
  return `PostgreSQL is ${version}, and Dealscope needs ${OLDEST_POSTGRES} or newer: upgrade it first.`;
}

/** Before the first migration: one in the middle would fail, and with words of its own. */
export async function refuseOldPostgres(source: DataSource) {
  const why = await whyTooOld(source);
  if (why) throw new Error(why);
}
