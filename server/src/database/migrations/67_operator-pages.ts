import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction } from "../rules.ts";

/** What an operator may read of each account: how it is and what it waits for, and no word of any lead. */
const READABLE: Record<string, string> = {
  account: "name, host, status_reason, status_since, last_heard_at, connected_at, erase_at, settings",
  oauth_grant: "account_id, is_the_accounts, kind, access_expires_at",
  scan: "healed",
  audit: "account_id, id, at, actor, action, subject, detail",
};

/** Tables that the operator's figures do not look at. */
const NEW = ["oauth_grant", "audit"];

/** What the operator's pages show of all accounts, who is signed in there, and what was done there. */
export class OperatorPages1764000000067 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Both are of no account, and outlive every one.
    await runner.query(`
      CREATE TABLE operator_session (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        network text NOT NULL,
        begun_at timestamptz NOT NULL DEFAULT now(),
        ends_at timestamptz NOT NULL
      )`);
    await runner.query("GRANT SELECT, INSERT, DELETE ON operator_session TO dealscope_tenant");
    await runner.query(`
      CREATE TABLE operator_audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL DEFAULT ''
      )`);
    await runner.query("CREATE INDEX operator_audit_by_time ON operator_audit (at)");
    await runner.query("CREATE INDEX audit_by_time ON audit (at)");
    // Whoever breaks into a server finds that he was noticed, and cannot take it back.
    await runner.query("GRANT INSERT (actor, action, subject) ON operator_audit TO dealscope_tenant");

    await runner.query("GRANT SELECT, DELETE ON operator_audit TO dealscope_operator");
    for (const [table, columns] of Object.entries(READABLE)) {
      await runner.query(`GRANT SELECT (${columns}) ON ${table} TO dealscope_operator`);
    }
    for (const table of NEW) {
      await runner.query(`CREATE POLICY operator_pages ON ${table} FOR SELECT TO dealscope_operator USING (true)`);
    }

    // Door "accounts": how each account is, whatever their number, by one look at every table; by the indexes of what is not done,
    // because what is done is the most. For whoever opens a page: too much for every scrape, and for the mere list of who is here.
    await runner.query(`
      CREATE FUNCTION operator_accounts(only_account bigint) RETURNS TABLE (account_id bigint, health jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        WITH heard AS (
          SELECT account_id, count(*) FILTER (WHERE state = 'new') AS waiting, count(*) FILTER (WHERE state <> 'new') AS unread
            FROM (SELECT account_id, state FROM delivery WHERE state = 'new'
                  UNION ALL SELECT account_id, state FROM delivery WHERE state IN ('dead', 'quarantined')) each_one
           GROUP BY account_id),
        stuck AS (
          SELECT account_id, jsonb_object_agg(what, items) AS stuck
            FROM (SELECT account_id, what, count(*) AS items FROM given_up GROUP BY account_id, what) each_sort
           GROUP BY account_id),
        late AS (SELECT account_id, min(since) AS oldest FROM due_now GROUP BY account_id),
        asked AS (SELECT account_id, count(*) AS due FROM work WHERE state = 'open' AND due_at <= app_now() GROUP BY account_id),
        held AS (
          SELECT account_id, jsonb_object_agg(waits_on, waiting) AS waits FROM (
            SELECT account_id, waits_on, count(*) AS waiting FROM work
             WHERE state = 'open' AND waits > 0 AND waits_on IS NOT NULL GROUP BY account_id, waits_on) each_thing
           GROUP BY account_id),
        written AS (SELECT account_id, count(*) AS due FROM write WHERE state = 'due' GROUP BY account_id),
        scanned AS (
          SELECT account_id, max(ran_at) FILTER (WHERE kind = 'leads') AS ran_at, sum(healed) AS healed FROM scan GROUP BY account_id),
        paid AS (
          SELECT account_id, sum(cost_micros) AS micros, sum(calls) AS calls FROM spend
           WHERE month = date_trunc('month', app_now() AT TIME ZONE 'UTC') GROUP BY account_id)
        SELECT a.account_id, jsonb_build_object(
                 'now', app_now(), 'name', a.name, 'host', a.host, 'status', a.status, 'statusReason', a.status_reason,
                 'statusSince', a.status_since, 'connectedAt', a.connected_at, 'lastHeardAt', a.last_heard_at,
                 'eraseAt', a.erase_at, 'webhook', a.provisioned->'webhook',
                 'provisionedAt', a.provisioned->'completedAt',
                 'problems', coalesce(a.provisioned->'problems', '[]'),
                 'capDollars', a.settings->'monthlyCapDollars', 'dryRun', coalesce(a.settings->'dryRun', 'null'),
                 'grant', (SELECT jsonb_build_object('kind', g.kind, 'expiresAt', g.access_expires_at)
                             FROM oauth_grant g WHERE g.account_id = a.account_id AND g.is_the_accounts),
                 'customerio', (SELECT c.problem FROM customerio_connection c WHERE c.account_id = a.account_id),
                 'newDeliveries', coalesce(heard.waiting, 0), 'dueWork', coalesce(asked.due, 0),
                 'dueWrites', coalesce(written.due, 0),
                 'oldestDueAt', late.oldest,
                 'waits', coalesce(held.waits, '{}'),
                 'stuck', coalesce(stuck.stuck, '{}'),
                 'hopeless', coalesce(heard.unread, 0) - coalesce((stuck.stuck->>'delivery')::bigint, 0),
                 'scannedAt', scanned.ran_at, 'healed', coalesce(scanned.healed, 0),
                 'spentMicros', coalesce(paid.micros, 0), 'calls', coalesce(paid.calls, 0))
          FROM account a
          LEFT JOIN heard USING (account_id) LEFT JOIN asked USING (account_id) LEFT JOIN held USING (account_id)
          LEFT JOIN written USING (account_id) LEFT JOIN stuck USING (account_id) LEFT JOIN late USING (account_id)
          LEFT JOIN scanned USING (account_id) LEFT JOIN paid USING (account_id)
         WHERE only_account IS NULL OR a.account_id = only_account
      $$`);
    await doorFunction(runner, "operator_accounts(bigint)", "dealscope_operator");

    // Door "stuck": what was given up, put together by its reason: one fault of ours stops many things in many accounts.
    await runner.query(`
      CREATE FUNCTION operator_stuck(at_most int)
      RETURNS TABLE (what text, kind text, reason text, items bigint, accounts bigint, some_accounts bigint[],
                     first_at timestamptz, last_at timestamptz)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT what, kind, left(reason, 300), count(*), count(DISTINCT account_id),
               (array_agg(DISTINCT account_id))[1:10], min(at), max(at)
          FROM given_up GROUP BY 1, 2, 3 ORDER BY count(*) DESC, max(at) DESC LIMIT at_most
      $$`);
    await doorFunction(runner, "operator_stuck(int)", "dealscope_operator");

    // Door "audit": who did what, in all accounts and in none. Details may hold words of people, but for counts.
    await runner.query(`
      CREATE FUNCTION operator_audit_page(before_at timestamptz, before_key text, word text, at_most int)
      RETURNS TABLE (at timestamptz, key text, account_id bigint, actor text, action text, subject text, detail jsonb)
      LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
        SELECT * FROM (
          (SELECT a.at, 'a' || lpad(a.id::text, 18, '0') AS key, a.account_id, a.actor, a.action, a.subject,
                  CASE WHEN a.action IN ('redriven', 'person erased') THEN a.detail ELSE '{}' END
             FROM audit a
            WHERE (before_at IS NULL OR a.at <= before_at)
              AND (before_at IS NULL OR a.at < before_at OR 'a' || lpad(a.id::text, 18, '0') < before_key)
              AND (word IS NULL OR strpos(lower(concat_ws(' ', a.account_id, a.actor, a.action, a.subject)), lower(word)) > 0)
            ORDER BY a.at DESC, a.id DESC LIMIT at_most)
          UNION ALL
          (SELECT o.at, 'o' || lpad(o.id::text, 18, '0'), NULL, o.actor, o.action, o.subject, '{}'
             FROM operator_audit o
            WHERE (before_at IS NULL OR o.at <= before_at)
              AND (before_at IS NULL OR o.at < before_at OR 'o' || lpad(o.id::text, 18, '0') < before_key)
              AND (word IS NULL OR strpos(lower(concat_ws(' ', o.actor, o.action, o.subject)), lower(word)) > 0)
            ORDER BY o.at DESC, o.id DESC LIMIT at_most)
        ) happened ORDER BY at DESC, key DESC LIMIT at_most
      $$`);
    await doorFunction(runner, "operator_audit_page(timestamptz, text, text, int)", "dealscope_operator");

    // Door "retention": whoever asks who was signed in, or when an account was erased, asks within the year.
    await runner.query(`
      CREATE FUNCTION prune_operator_audit() RETURNS void
      LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public AS
      $$ DELETE FROM operator_audit WHERE at < now() - interval '400 days' $$`);
    await doorFunction(runner, "prune_operator_audit()", "dealscope_operator");
  }

  async down(runner: QueryRunner) {
    await runner.query(
      "DROP FUNCTION prune_operator_audit(); DROP FUNCTION operator_audit_page(timestamptz, text, text, int)",
    );
    await runner.query("DROP FUNCTION operator_stuck(int); DROP FUNCTION operator_accounts(bigint)");
    for (const table of NEW) await runner.query(`DROP POLICY operator_pages ON ${table}`);
    for (const [table, columns] of Object.entries(READABLE)) {
      await runner.query(`REVOKE SELECT (${columns}) ON ${table} FROM dealscope_operator`);
    }
    await runner.query("DROP INDEX audit_by_time");
    await runner.query("DROP TABLE operator_audit, operator_session");
  }
}
