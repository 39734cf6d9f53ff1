import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, narrowRole } from "../rules.ts";

/** What an operator sees of all accounts together, and whose turn it is for upkeep. */
export class Operations1764000000007 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE account ADD upkept_at timestamptz");

    // What was given up is counted on every scrape and what is old is deleted, without reading all that is done.
    await runner.query("CREATE INDEX work_dead ON work (account_id, id) WHERE state = 'dead'");
    await runner.query("CREATE INDEX write_age ON write (ended_at) WHERE ended_at IS NOT NULL");

    // Names of migrations are no secret, and readiness compares them with those of the code.
    await runner.query("GRANT SELECT ON migrations TO dealscope_tenant");

    await narrowRole(runner, "dealscope_operator");
    await runner.query("GRANT SELECT (account_id, state) ON delivery TO dealscope_operator");
    await runner.query("GRANT SELECT (account_id, state, due_at, leased_until) ON work TO dealscope_operator");
    await runner.query("GRANT SELECT (account_id, state) ON write TO dealscope_operator");
    await runner.query("GRANT SELECT ON spend TO dealscope_operator");
    for (const table of ["delivery", "work", "write", "spend", "account"]) {
      await runner.query(`CREATE POLICY operator ON ${table} FOR SELECT TO dealscope_operator USING (true)`);
    }

    // Door "figures": sums over all accounts, nothing of any one of them. What is done is not counted: it is history.
    await runner.query(`
      CREATE FUNCTION operator_figures() RETURNS TABLE (figure text, state text, value float8)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT 'accounts', status, count(*) FROM account GROUP BY status
        UNION ALL SELECT 'deliveries', 'new', count(*) FROM delivery WHERE state = 'new'
        UNION ALL SELECT 'deliveries', state, count(*) FROM delivery WHERE state IN ('dead', 'quarantined') GROUP BY state
        UNION ALL SELECT 'work', 'open', count(*) FROM work WHERE state = 'open'
        UNION ALL SELECT 'work', 'dead', count(*) FROM work WHERE state = 'dead'
        UNION ALL SELECT 'oldest_due_work_seconds', '', coalesce(extract(epoch FROM app_now() - min(w.due_at)), 0)
                    FROM work w JOIN account a USING (account_id)
                   WHERE w.state = 'open' AND w.due_at <= app_now() AND a.status = 'active'
        UNION ALL SELECT 'writes', 'due', count(*) FROM write WHERE state = 'due'
        UNION ALL SELECT 'writes', 'dead', count(*) FROM write WHERE state = 'dead'
        UNION ALL SELECT 'model_calls_this_month', '', coalesce(sum(calls), 0) FROM spend
                   WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')
        UNION ALL SELECT 'model_dollars_this_month', '', coalesce(sum(cost_micros), 0) / 1e6 FROM spend
                   WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')
      $$`);
    await doorFunction(runner, "operator_figures()", "dealscope_operator");

    // Door "upkeep": takes the accounts whose turn it is, so that of many processes one looks after each.
    await runner.query("GRANT SELECT (account_id, status, upkept_at) ON account TO dealscope_operator");
    await runner.query("GRANT UPDATE (upkept_at) ON account TO dealscope_operator");
    await runner.query("CREATE POLICY upkeep ON account FOR UPDATE TO dealscope_operator USING (true)");
    await runner.query(`
      CREATE FUNCTION take_for_upkeep(pause interval, at_most int) RETURNS TABLE (account_id bigint)
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        UPDATE account a SET upkept_at = app_now()
         WHERE a.account_id IN (SELECT t.account_id FROM account t
                                 WHERE t.upkept_at IS NULL OR t.upkept_at <= app_now() - pause
                                 ORDER BY t.upkept_at NULLS FIRST LIMIT at_most FOR UPDATE SKIP LOCKED)
         RETURNING a.account_id
      $$`);
    await doorFunction(runner, "take_for_upkeep(interval, int)", "dealscope_operator");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION take_for_upkeep(interval, int); DROP FUNCTION operator_figures()");
    for (const table of ["delivery", "work", "write", "spend", "account"]) {
      await runner.query(`DROP POLICY operator ON ${table}`);
    }
    await runner.query("DROP POLICY upkeep ON account");
    await runner.query("REVOKE SELECT ON migrations FROM dealscope_tenant");
    await runner.query("REVOKE ALL ON delivery, work, write, spend, account FROM dealscope_operator");
    await runner.query("DROP INDEX write_age, work_dead");
    await runner.query("ALTER TABLE account DROP upkept_at");
  }
}
