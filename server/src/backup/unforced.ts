import type { Client } from "pg";

/**
 * Runs `use` in a transaction in which row-level security does not bind the owner of these tables, who then sees the rows
 * of every account. Nobody else gets at them until it ends.
 */
export async function unforced(client: Client, tables: readonly string[], use: () => Promise<void>) {
  await client.query("BEGIN");
  try {
    const { rows } = await client.query<{ name: string }>(
      "SELECT quote_ident(relname) AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity AND relname = ANY($1)",
      [tables],
    );
    for (const { name } of rows) await client.query(`ALTER TABLE ${name} NO FORCE ROW LEVEL SECURITY`);
    await use();
    for (const { name } of rows) await client.query(`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}
