import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

const KEPT = "('title', 'message', 'note', 'field'";

/** What a key in a page says is anybody's word, what one of the account's own servers says is the account's. */
export class TrustedForms1764000000048 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE intake_key ADD COLUMN is_trusted boolean NOT NULL DEFAULT false");
    await replaceLookup(runner, ", k.is_trusted", ", is_trusted boolean");
    await saidIn(runner, `${KEPT}, 'form')`);
  }

  async down(runner: QueryRunner) {
    // Forced row-level security binds the owner too.
    await runner.query("ALTER TABLE role_suggestion NO FORCE ROW LEVEL SECURITY");
    await runner.query("DELETE FROM role_suggestion WHERE said_kind = 'form'");
    await runner.query("ALTER TABLE role_suggestion FORCE ROW LEVEL SECURITY");
    await saidIn(runner, `${KEPT})`);
    await replaceLookup(runner, "", "");
    await runner.query("ALTER TABLE intake_key DROP COLUMN is_trusted");
  }
}

async function saidIn(runner: QueryRunner, kinds: string) {
  await runner.query("ALTER TABLE role_suggestion DROP CONSTRAINT role_suggestion_said_kind_check");
  await runner.query(
    `ALTER TABLE role_suggestion ADD CONSTRAINT role_suggestion_said_kind_check CHECK (said_kind IN ${kinds})`,
  );
}

async function replaceLookup(runner: QueryRunner, more: string, moreTypes: string) {
  await runner.query("DROP FUNCTION lookup_by_intake_key(bytea)");
  await runner.query(`
    CREATE FUNCTION lookup_by_intake_key(hash bytea) RETURNS TABLE (account_id bigint, key_id bigint, status text${moreTypes})
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT k.account_id, k.id, a.status${more} FROM intake_key k JOIN account a ON a.account_id = k.account_id
       WHERE k.revoked_at IS NULL AND (k.key_hash = hash OR (k.former_hash = hash AND k.former_until > app_now()))
    $$`);
  await doorFunction(runner, "lookup_by_intake_key(bytea)", "dealscope_lookup");
}
