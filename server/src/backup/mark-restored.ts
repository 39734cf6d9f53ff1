import type { Client } from "pg";
import { asOwner } from "./as-owner.ts";
import { unforced } from "./unforced.ts";

/** More than were given in any gap between a backup and what made it necessary. */
const AHEAD = 1_000_000_000;

/**
 * Tells a database that was restored, by whatever means, that it is behind the world. What it was about to make may have
 * been made since, and is looked for first; numbers that it gives from here on were given to nobody else.
 * @param ownerUrl of the database, which has been migrated
 */
export async function markRestored(ownerUrl: string) {
  await asOwner(ownerUrl, "dealscope restore", async (client) => {
    await unforced(client, ["write", "intake_creation", "work", "bi_login"], async () => {
      await client.query("INSERT INTO restoration (last_write) SELECT coalesce(max(id), 0) FROM write");
      await doubt(client);
      // Whoever held them is not there any more.
      await client.query("UPDATE work SET lease_token = NULL, leased_until = NULL WHERE leased_until IS NOT NULL");
      await jumpAhead(client);
      await forgetLogins(client);
      // Some of them were ended since.
      await client.query("DELETE FROM operator_session");
    });
  });
}

/** What was given up may have been let try again since. */
async function doubt(client: Client) {
  await client.query(
    `UPDATE write SET outcome_unknown_since = coalesce(outcome_unknown_since, in_doubt_since()), lease_token = NULL, leased_until = NULL
      WHERE state IN ('due', 'dead') AND marker IS NOT NULL`,
  );
  await client.query("UPDATE write SET lease_token = NULL, leased_until = NULL WHERE leased_until IS NOT NULL");
  await client.query(
    "UPDATE intake_creation SET unknown_since = coalesce(unknown_since, in_doubt_since()), leaving = NULL WHERE state = 'due'",
  );
}

/** Marks in Kommo are made of numbers of rows: given twice, somebody's form would be taken for another's that is done. */
async function jumpAhead(client: Client) {
  await client.query(
    `SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, coalesce(last_value, 1) + $1::bigint)
       FROM pg_sequences WHERE schemaname = 'public' AND data_type = 'bigint'::regtype`,
    [AHEAD],
  );
}

/**
 * Logins for BI tools belong to the server of the database, and their names to its own name and to their account's number: a row with
 * the login of another account would show that one's tool what is not its own.
 */
async function forgetLogins(client: Client) {
  await client.query(
    `DELETE FROM bi_login WHERE login NOT IN (SELECT rolname FROM pg_roles)
        OR login <> 'bi_' || account_id || '_' || left(md5(current_database()), 8)`,
  );
}
