import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, narrowRole } from "../rules.ts";

/** What both views have to read of every account: states, times and reasons. Who asks within an account sees that one. */
const READ: Record<string, string> = {
  delivery: "id, flag, last_error, received_at",
  work: "id, kind, last_error",
  write: "id, lead_id, seq, thing, target, due_at, ended_at, outcome, last_error",
  customerio_write: "id, account_id, state, kind, reason, ended_at",
};

const LINKS = "account_id, id, seq, thing, target, state, body";

/**
 * What is late and what was given up, each said in one place: the metrics, the operator's pages and the way back for what was given
 * up speak of the same rows.
 */
export class DueAndGivenUp1764000000063 implements MigrationInterface {
  async up(runner: QueryRunner) {
    for (const [table, columns] of Object.entries(READ)) {
      await runner.query(`GRANT SELECT (${columns}) ON ${table} TO dealscope_operator`);
    }
    await links(runner);

    // Due and not done. Not only what nobody has taken: work that hangs is late, too. Of accounts that are not connected webhooks
    // are read all the same; the rest waits for a person there, who is told of it elsewhere.
    await view(
      runner,
      "due_now",
      `SELECT account_id, 'delivery' AS what, received_at AS since FROM delivery WHERE state = 'new'
       UNION ALL
       SELECT account_id, 'work', due_at FROM work JOIN account USING (account_id)
        WHERE state = 'open' AND due_at <= app_now() AND status = 'active'
       UNION ALL
       SELECT account_id, 'write', due_at FROM write JOIN account USING (account_id)
        WHERE state = 'due' AND due_at <= app_now() AND status = 'active'`,
    );

    // What was given up and may still succeed, in accounts that are here. Not what can never be right, however often it is tried:
    // bodies that were cut, or speak of another account. Not what an account that left or an erasure has ended, nor what a newer
    // change of the same thing has overtaken: it would put the older one in its place. A lead's links are one thing, so of those
    // only a newer word on the same contact or element counts.
    await view(
      runner,
      "given_up",
      `SELECT account_id, 'delivery' AS what, id, state AS kind, coalesce(last_error, '') AS reason, received_at AS at
         FROM delivery JOIN account USING (account_id)
        WHERE state = 'dead' AND flag IS NULL AND status <> 'uninstalled'
       UNION ALL
       SELECT account_id, 'work', id, kind, coalesce(last_error, ''), due_at FROM work JOIN account USING (account_id)
        WHERE state = 'dead' AND status <> 'uninstalled'
       UNION ALL
       SELECT account_id, 'write', w.id, target, coalesce(outcome, last_error, ''), ended_at
         FROM write w JOIN account USING (account_id)
        WHERE state = 'dead' AND coalesce(outcome, '') NOT IN ('uninstalled', 'erased') AND status <> 'uninstalled'
          AND CASE WHEN target IN ('link', 'unlink') THEN NOT link_is_overtaken(account_id, w.id)
                   ELSE thing IS NULL OR NOT EXISTS (
                     SELECT FROM write newer WHERE newer.account_id = w.account_id AND newer.thing = w.thing AND newer.state <> 'dead'
                        AND CASE WHEN newer.lead_id = w.lead_id THEN newer.seq > w.seq ELSE newer.id > w.id END) END
       UNION ALL
       SELECT account_id, 'customerio', id, kind, coalesce(reason, ''), ended_at
         FROM customerio_write JOIN account USING (account_id)
        WHERE state = 'stuck' AND status <> 'uninstalled'`,
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP VIEW given_up, due_now");
    await runner.query("DROP FUNCTION link_is_overtaken(bigint, bigint)");
    await runner.query("DROP POLICY links ON write");
    await runner.query(`REVOKE SELECT (${LINKS}) ON write FROM dealscope_links`);
    for (const [table, columns] of Object.entries(READ)) {
      await runner.query(`REVOKE SELECT (${columns}) ON ${table} FROM dealscope_operator`);
    }
  }
}

/**
 * Whose link a row is about stands in its body, and the operator reads no bodies. So this is asked of a role that sees those of
 * links alone, and within an account only its own.
 */
async function links(runner: QueryRunner) {
  await narrowRole(runner, "dealscope_links");
  await runner.query(`GRANT SELECT (${LINKS}) ON write TO dealscope_links`);
  await runner.query(`
    CREATE POLICY links ON write FOR SELECT TO dealscope_links
      USING (target IN ('link', 'unlink') AND account_id = coalesce(app_account(), account_id))`);
  await runner.query(`
    CREATE FUNCTION link_is_overtaken(of_account bigint, of_write bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
      SELECT EXISTS (
        SELECT FROM write w JOIN write newer ON newer.account_id = w.account_id AND newer.thing = w.thing
         WHERE w.account_id = of_account AND w.id = of_write AND newer.state <> 'dead' AND newer.seq > w.seq
           AND newer.body @> w.body - 'isMain')
    $$`);
  await doorFunction(runner, "link_is_overtaken(bigint, bigint)", "dealscope_links");
  await runner.query("GRANT EXECUTE ON FUNCTION link_is_overtaken(bigint, bigint) TO dealscope_operator");
}

/** With the rights of whoever looks: a tenant's end at its account, the operator's at what that role may read. */
async function view(runner: QueryRunner, name: string, query: string) {
  await runner.query(`CREATE VIEW ${name} WITH (security_invoker = true) AS ${query}`);
  await runner.query(`GRANT SELECT ON ${name} TO dealscope_tenant, dealscope_operator`);
}
