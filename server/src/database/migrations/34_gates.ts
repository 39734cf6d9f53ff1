import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/** What the gates know of a deal's place, and the key with which an account's Digital Pipeline calls us. */
export class Gates1764000000034 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Assumed: first seen there, and no move has been judged since. A move that is told late says where it came from.
    // Open: where it stood last that was not lost, so that being lost in between skips nothing.
    await runner.query(`
      ALTER TABLE gate_place ADD COLUMN is_assumed boolean NOT NULL DEFAULT false,
        ADD COLUMN open_pipeline_id bigint, ADD COLUMN open_status_id bigint`);

    await runner.query("ALTER TABLE account ADD COLUMN dp_key_hash bytea UNIQUE, ADD COLUMN dp_key_sealed text");
    // Door "lookup", as for the key of the general webhook.
    await runner.query(`
      CREATE FUNCTION lookup_by_dp_key(key_hash bytea) RETURNS TABLE (account_id bigint, status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
      $$ SELECT account_id, status FROM account WHERE dp_key_hash = key_hash $$`);
    await doorFunction(runner, "lookup_by_dp_key(bytea)", "dealscope_lookup");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION lookup_by_dp_key(bytea)");
    await runner.query("ALTER TABLE account DROP COLUMN dp_key_sealed, DROP COLUMN dp_key_hash");
    await runner.query(
      "ALTER TABLE gate_place DROP COLUMN open_status_id, DROP COLUMN open_pipeline_id, DROP COLUMN is_assumed",
    );
  }
}
