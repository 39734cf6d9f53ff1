import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/**
 * What an operator asks on the command line: which accounts there are, and how many secrets are sealed with which key. Rows
 * of `sealed_samples()` would come from some of the places only; it is kept for servers of the version before.
 */
export class SeenFromTheCommandLine1764000000069 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Door "installed": the list alone, by which a command goes through the accounts and names of the metrics are told. Nothing of
    // how they are: that is `operator_accounts()`, which reads half of the tables for it.
    await runner.query(`
      CREATE FUNCTION installed_accounts() RETURNS TABLE (account_id bigint, status text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT account_id, status FROM account ORDER BY account_id
      $$`);
    await doorFunction(runner, "installed_accounts()", "dealscope_operator");
    await runner.query(`
      CREATE FUNCTION sealed_with() RETURNS TABLE (key_id text, secrets bigint, sample text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT split_part(kept.sealed, ':', 1), count(*), min(kept.sealed) FROM (
          SELECT path_key_sealed FROM account
          UNION ALL SELECT dp_key_sealed FROM account
          UNION ALL SELECT access_sealed FROM oauth_grant
          UNION ALL SELECT refresh_sealed FROM oauth_grant
          UNION ALL SELECT code_sealed FROM install_callback
          UNION ALL SELECT pair_sealed FROM install_callback
          UNION ALL SELECT key_sealed FROM intake_key
          UNION ALL SELECT track_key_sealed FROM customerio_connection
          UNION ALL SELECT app_key_sealed FROM customerio_connection
          UNION ALL SELECT signing_key_sealed FROM customerio_connection
          UNION ALL SELECT path_key_sealed FROM customerio_connection
        ) kept (sealed) WHERE kept.sealed <> '' GROUP BY 1 ORDER BY 1
      $$`);
    await doorFunction(runner, "sealed_with()", "dealscope_lookup");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION sealed_with(); DROP FUNCTION installed_accounts()");
  }
}
