import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/** What the operator is told of, column by column: states and times, nothing of what anything says. */
const SEEN: Record<string, string> = {
  account: "status, provisioned",
  work: "waits, waits_on",
  scan: "account_id, kind, ran_at",
  hold: "account_id, ended_at",
  customerio_write: "made_at",
  customerio_connection: "account_id, problem",
};

/** Whose rows the operator could not look at before. */
const NEW = ["scan", "hold", "customerio_write", "customerio_connection"];

/** More of what an operator is woken for, and which accounts it is worst for. */
export class OperatorFigures1764000000065 implements MigrationInterface {
  async up(runner: QueryRunner) {
    for (const [table, columns] of Object.entries(SEEN)) {
      await runner.query(`GRANT SELECT (${columns}) ON ${table} TO dealscope_operator`);
    }
    for (const table of NEW) {
      await runner.query(`CREATE POLICY figures ON ${table} FOR SELECT TO dealscope_operator USING (true)`);
    }
    await replaceFigures(runner, MORE);
    // Door "worst": two figures of a few accounts, by the indexes of what is not done. It is asked on every scrape, so it is not made
    // of `operator_accounts()`, which looks at every account from all sides for a page that somebody opens.
    await runner.query(`
      CREATE FUNCTION operator_worst(at_most int) RETURNS TABLE (figure text, account_id bigint, value float8)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        (SELECT 'account_oldest_due_seconds', d.account_id, extract(epoch FROM app_now() - min(d.since))
           FROM due_now d GROUP BY d.account_id ORDER BY min(d.since) LIMIT at_most)
        UNION ALL
        (SELECT 'account_given_up', g.account_id, count(*) FROM given_up g
          GROUP BY g.account_id ORDER BY count(*) DESC LIMIT at_most)
      $$`);
    await doorFunction(runner, "operator_worst(int)", "dealscope_operator");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION operator_worst(int)");
    await replaceFigures(runner, "");
    for (const table of NEW) {
      await runner.query(`DROP POLICY figures ON ${table}`);
      await runner.query(`REVOKE ALL ON ${table} FROM dealscope_operator`);
    }
    await runner.query("REVOKE SELECT (provisioned) ON account FROM dealscope_operator");
    await runner.query("REVOKE SELECT (waits, waits_on) ON work FROM dealscope_operator");
  }
}

const late = (what: string) =>
  `coalesce(extract(epoch FROM app_now() - (SELECT min(since) FROM due_now WHERE what = '${what}')), 0)`;

const MORE = `
        UNION ALL SELECT 'work_waiting', waits_on, count(*) FROM work JOIN account USING (account_id)
                   WHERE state = 'open' AND waits > 0 AND waits_on IS NOT NULL AND status = 'active' GROUP BY waits_on
        UNION ALL SELECT 'oldest_new_delivery_seconds', '', ${late("delivery")}
        UNION ALL SELECT 'oldest_due_write_seconds', '', ${late("write")}
        UNION ALL SELECT 'oldest_scan_seconds', '', coalesce(extract(epoch FROM app_now() - min(s.ran_at)), 0)
                    FROM scan s JOIN account a USING (account_id) WHERE s.kind = 'leads' AND a.status = 'active'
        UNION ALL SELECT 'webhooks', coalesce(provisioned #>> '{webhook,state}', 'none'), count(*) FROM account
                   WHERE status = 'active' GROUP BY 2
        UNION ALL SELECT 'holds_open', '', count(*) FROM hold WHERE ended_at IS NULL
        UNION ALL SELECT 'customerio_writes', 'due', count(*) FROM customerio_write WHERE state = 'due'
        UNION ALL SELECT 'customerio_writes', 'stuck', count(*) FROM customerio_write WHERE state = 'stuck'
        UNION ALL SELECT 'oldest_due_customerio_write_seconds', '', coalesce(extract(epoch FROM app_now() - min(w.made_at)), 0)
                    FROM customerio_write w JOIN account a USING (account_id) WHERE w.state = 'due' AND a.status = 'active'
        UNION ALL SELECT 'customerio_connections', coalesce(problem, 'none'), count(*) FROM customerio_connection
                   GROUP BY problem`;

/** By the same name, so that servers of the former version go on asking for it; what they do not know they leave aside. */
async function replaceFigures(runner: QueryRunner, more: string) {
  await runner.query("DROP FUNCTION operator_figures()");
  await runner.query(`
      CREATE FUNCTION operator_figures() RETURNS TABLE (figure text, state text, value float8)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        SELECT 'accounts', status, count(*) FROM account GROUP BY status
        UNION ALL SELECT 'deliveries', 'new', count(*) FROM delivery WHERE state = 'new'
        UNION ALL SELECT 'deliveries', 'dead', count(*) FROM delivery WHERE state = 'dead'
        UNION ALL SELECT 'deliveries', 'quarantined', count(*) FROM delivery WHERE state = 'quarantined'
        UNION ALL SELECT 'work', 'open', count(*) FROM work WHERE state = 'open'
        UNION ALL SELECT 'work', 'dead', count(*) FROM work WHERE state = 'dead'
        UNION ALL SELECT 'oldest_due_work_seconds', '', ${late("work")}
        UNION ALL SELECT 'writes', 'due', count(*) FROM write WHERE state = 'due'
        UNION ALL SELECT 'writes', 'dead', count(*) FROM write WHERE state = 'dead'
        UNION ALL SELECT 'model_calls_this_month', '', coalesce(sum(calls), 0) FROM spend
                   WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')
        UNION ALL SELECT 'model_dollars_this_month', '', coalesce(sum(cost_micros), 0) / 1e6 FROM spend
                   WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC')${more}
      $$`);
  await doorFunction(runner, "operator_figures()", "dealscope_operator");
}
