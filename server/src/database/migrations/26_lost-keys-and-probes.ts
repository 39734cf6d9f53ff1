import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/** One secret of each key, to see at start whether the keys are still there; and probes found in any state of an account. */
export class LostKeysAndProbes1764000000026 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("GRANT SELECT (access_sealed, refresh_sealed) ON oauth_grant TO dealscope_lookup");
    await runner.query("CREATE POLICY lookup ON oauth_grant FOR SELECT TO dealscope_lookup USING (true)");
    await runner.query("GRANT SELECT (code_sealed, pair_sealed) ON install_callback TO dealscope_lookup");
    await runner.query(`
      CREATE FUNCTION sealed_samples() RETURNS TABLE (sealed text)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT DISTINCT ON (split_part(kept.sealed, ':', 1)) kept.sealed FROM (
          SELECT path_key_sealed FROM account
          UNION ALL SELECT access_sealed FROM oauth_grant
          UNION ALL SELECT refresh_sealed FROM oauth_grant
          UNION ALL SELECT code_sealed FROM install_callback
          UNION ALL SELECT pair_sealed FROM install_callback
        ) kept (sealed) WHERE kept.sealed <> ''
      $$`);
    await doorFunction(runner, "sealed_samples()", "dealscope_lookup");
    await replaceSweep(runner, "(a.status = 'active' OR w.kind = 'probe')");
  }

  async down(runner: QueryRunner) {
    await replaceSweep(runner, "a.status = 'active'");
    await runner.query("DROP FUNCTION sealed_samples()");
    await runner.query("REVOKE SELECT (code_sealed, pair_sealed) ON install_callback FROM dealscope_lookup");
    await runner.query("DROP POLICY lookup ON oauth_grant");
    await runner.query("REVOKE SELECT (access_sealed, refresh_sealed) ON oauth_grant FROM dealscope_lookup");
  }
}

async function replaceSweep(runner: QueryRunner, condition: string) {
  await runner.query("DROP FUNCTION sweep_due()");
  await runner.query(`
    CREATE FUNCTION sweep_due() RETURNS TABLE (account_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
      SELECT DISTINCT d.account_id FROM delivery d WHERE d.state = 'new'
      UNION
      SELECT w.account_id FROM (
        SELECT account_id, kind FROM work
         WHERE state = 'open' AND due_at <= app_now() AND (leased_until IS NULL OR leased_until < app_now())
        UNION
        SELECT account_id, '' FROM write
         WHERE state = 'due' AND due_at <= app_now() AND (leased_until IS NULL OR leased_until < app_now())
      ) w JOIN account a ON a.account_id = w.account_id AND ${condition}
    $$`);
  await doorFunction(runner, "sweep_due()", "dealscope_sweep");
}
