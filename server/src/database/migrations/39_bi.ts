import type { MigrationInterface, QueryRunner } from "typeorm";
import { doorFunction, narrowRole, tenantTable } from "../rules.ts";

/**
 * Read-only views for tools such as Metabase, with one login for each account that wants it. Who may see what is settled by
 * the login alone: nothing that can be set in a session has any part in it.
 */
export class Bi1764000000039 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE bi_login (
        account_id bigint PRIMARY KEY,
        login text NOT NULL UNIQUE,
        made_by text NOT NULL,
        made_at timestamptz NOT NULL DEFAULT app_now()
      )`);
    await tenantTable(runner, "bi_login");

    // Owns the views and reads for them; nobody logs in as it.
    await narrowRole(runner, "dealscope_bi_reader");
    // What a login is a member of, to be allowed to look at the views.
    await narrowRole(runner, "dealscope_bi");
    await runner.query("GRANT SELECT ON bi_login TO dealscope_lookup");
    await runner.query("CREATE POLICY lookup ON bi_login FOR SELECT TO dealscope_lookup USING (true)");
    // Tables are named in full and temporary ones come last: who is asking may make some, and call one of them bi_login.
    await runner.query(`
      CREATE FUNCTION bi_account() RETURNS bigint
      LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT b.account_id FROM public.bi_login b JOIN public.account a USING (account_id)
         WHERE b.login = session_user AND a.status <> 'uninstalled'
      $$`);
    await doorFunction(runner, "bi_account()", "dealscope_lookup");
    await runner.query("GRANT EXECUTE ON FUNCTION bi_account() TO dealscope_bi_reader, dealscope_bi");

    for (const [table, columns] of Object.entries(READ)) {
      await runner.query(`GRANT SELECT (${columns}) ON ${table} TO dealscope_bi_reader`);
      // The policy that looks at app.account_id holds for every role, so this one has to take away and not only to give.
      for (const kind of ["PERMISSIVE", "RESTRICTIVE"]) {
        await runner.query(`
          CREATE POLICY bi_${kind.toLowerCase()} ON ${table} AS ${kind} FOR SELECT TO dealscope_bi_reader
           USING (account_id = (SELECT bi_account()))`);
      }
    }
    for (const [name, select] of Object.entries(VIEWS)) {
      // For exports: who asks is the server in a tenancy, and the tables are read with its rights.
      await runner.query(`CREATE VIEW report_${name} WITH (security_invoker) AS ${select("report")}`);
      await runner.query(`GRANT SELECT ON report_${name} TO dealscope_tenant`);
      await runner.query(`
        CREATE VIEW bi_${name} WITH (security_barrier) AS
        SELECT v.* FROM (${select("bi")}) v WHERE v.account_id = (SELECT bi_account())`);
      await runner.query("GRANT CREATE ON SCHEMA public TO dealscope_bi_reader");
      await runner.query(`ALTER VIEW bi_${name} OWNER TO dealscope_bi_reader`);
      await runner.query("REVOKE CREATE ON SCHEMA public FROM dealscope_bi_reader");
      await runner.query(`GRANT SELECT ON bi_${name} TO dealscope_bi`);
    }
    await makeLogins(runner);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION bi_admit(text), bi_revoke(), bi_login_name()");
    for (const name of Object.keys(VIEWS).toReversed()) await runner.query(`DROP VIEW bi_${name}`);
    for (const name of Object.keys(VIEWS).toReversed()) await runner.query(`DROP VIEW report_${name}`);
    for (const table of Object.keys(READ)) {
      await runner.query(`DROP POLICY bi_permissive ON ${table}`);
      await runner.query(`DROP POLICY bi_restrictive ON ${table}`);
      await runner.query(`REVOKE SELECT ON ${table} FROM dealscope_bi_reader`);
    }
    await runner.query("DROP FUNCTION bi_account()");
    await runner.query("DROP TABLE bi_login");
  }
}

/**
 * The server may not make roles. It may call two functions that make, change and drop just one: the login of the account
 * that its transaction is about. They run as a role that may create roles and give them the views, and nothing else.
 */
async function makeLogins(runner: QueryRunner) {
  await narrowRole(runner, "dealscope_bi_admitter");
  // Databases differ in whom they let do this. Where they do not, everything works but making logins, which is told there.
  await runner.query(`
    DO $$ BEGIN
      ALTER ROLE dealscope_bi_admitter CREATEROLE;
      GRANT dealscope_bi TO dealscope_bi_admitter WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
    EXCEPTION WHEN insufficient_privilege THEN NULL;
    END $$`);
  // Roles belong to the cluster, where another database may have the same account.
  await runner.query(`
    CREATE FUNCTION bi_login_name() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
      SELECT 'bi_' || public.app_account() || '_' || left(md5(current_database()), 8)
    $$`);
  // The password comes as PostgreSQL would store it, so that no log and no statistics ever hold it.
  await runner.query(`
    CREATE FUNCTION bi_admit(verifier text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE login text := public.bi_login_name();
    BEGIN
      IF login IS NULL OR verifier !~ '^SCRAM-SHA-256\\$\\d+:[A-Za-z0-9+/=]+\\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
        RAISE invalid_parameter_value USING MESSAGE = 'There is no account, or this is no verifier of a password.';
      END IF;
      IF EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login, verifier);
      ELSE
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION INHERIT '
                       'CONNECTION LIMIT 10 PASSWORD %L', login, verifier);
      END IF;
      EXECUTE format('GRANT dealscope_bi TO %I WITH INHERIT TRUE, SET FALSE, ADMIN FALSE', login);
      EXECUTE format('ALTER ROLE %I SET statement_timeout = ''60s''', login);
      EXECUTE format('ALTER ROLE %I SET default_transaction_read_only = on', login);
      RETURN login;
    END $$`);
  // With what it has made meanwhile, if anything, and with its open connections.
  await runner.query(`
    CREATE FUNCTION bi_revoke() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    DECLARE login text := public.bi_login_name();
    BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
        RETURN false;
      END IF;
      EXECUTE format('ALTER ROLE %I NOLOGIN', login);
      EXECUTE format('GRANT %I TO dealscope_bi_admitter WITH INHERIT TRUE', login);
      PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = login;
      EXECUTE format('DROP OWNED BY %I', login);
      EXECUTE format('DROP ROLE %I', login);
      RETURN true;
    END $$`);
  await runner.query("REVOKE ALL ON FUNCTION bi_login_name() FROM PUBLIC");
  await runner.query("GRANT EXECUTE ON FUNCTION bi_login_name() TO dealscope_tenant, dealscope_bi_admitter");
  await doorFunction(runner, "bi_admit(text)", "dealscope_bi_admitter");
  await doorFunction(runner, "bi_revoke()", "dealscope_bi_admitter");
}

/** The columns of which the views are made; no text that a client has written, and no secret. */
const READ = {
  account: "account_id, currency, provisioned, settings",
  lead: `account_id, lead_id, name, price, pipeline_id, status_id, responsible_user_id, segment, score, gone, kommo_created_at,
         closed_at, first_touch_at`,
  lead_contact: "account_id, lead_id, contact_id, is_main",
  contact: "account_id, contact_id, name",
  kommo_user: "account_id, user_id, name",
  stage_stay: "account_id, lead_id, place, pipeline_id, status_id, entered_at, left_at",
  stakeholder: "account_id, lead_id, contact_id, role, weight, approval, approval_at, last_touch_at",
  message: "account_id, lead_id, contact_id, at",
  hold: `account_id, id, lead_id, from_pipeline_id, from_status_id, wanted_pipeline_id, wanted_status_id, since, ended_at,
         outcome`,
  hold_reason: "account_id, hold_id, kind, what, contact_id, since, ended_at",
  verdict: `account_id, id, lead_id, status, segment, score, reason, asked_by, model, prompt_number, cost_micros, latency_ms,
            decided_at`,
};

const HOURS = (from: string, to: string) =>
  `round((extract(epoch FROM coalesce(${to}, app_now()) - ${from}) / 3600)::numeric, 2)::float8`;

const NAMES = (views: string, stage: string, row: string) => `
  LEFT JOIN ${views}_stages ${stage} ON ${stage}.account_id = ${row}.account_id AND ${stage}.pipeline_id = ${row}.pipeline_id
                                  AND ${stage}.status_id = ${row}.status_id`;

/**
 * The account beside each row, with the roles that decide in it; those of the start where it has never saved its settings.
 * OFFSET keeps the planner from looking into the settings for every row.
 */
const ACCOUNT = (row: string) => `
  JOIN (SELECT a.account_id, a.currency,
               CASE WHEN a.settings->'committee'->'roles' IS NULL THEN ARRAY['decision_maker', 'economic_buyer']
                    ELSE ARRAY(SELECT jsonb_path_query(a.settings, '$.committee.roles[*] ? (@.decides == true).key') #>> '{}')
                END AS deciding
          FROM account a OFFSET 0) a ON a.account_id = ${row}.account_id`;

/** In this order: the later ones look at the first. Of deleted deals nothing is shown. */
const VIEWS: Record<string, (views: string) => string> = {
  stages: () => `
    SELECT a.account_id, (p->>'id')::bigint AS pipeline_id, p->>'name' AS pipeline, (s->>'id')::bigint AS status_id,
           s->>'name' AS stage, s_place::int AS place,
           (SELECT r->>'buyingStage'
              FROM jsonb_path_query(a.settings, '$.gates.pipelines[*]') g, jsonb_path_query(g, '$.stages[*]') r
             WHERE g->>'pipelineId' = p->>'id' AND r->>'statusId' = s->>'id' LIMIT 1) AS buying_stage
      FROM account a
     CROSS JOIN LATERAL jsonb_path_query(a.provisioned, '$.pipelines[*]') p
     CROSS JOIN LATERAL jsonb_array_elements(p->'statuses') WITH ORDINALITY AS statuses (s, s_place)`,
  stakeholders: () => `
    SELECT d.account_id, d.lead_id AS deal_id, d.contact_id, c.name, d.is_main, s.role,
           coalesce(s.role = ANY(a.deciding), false) AS decides,
           s.weight, coalesce(s.approval, 'pending') AS approval, s.approval_at,
           greatest(s.last_touch_at, (SELECT max(m.at) FROM message m
                                       WHERE m.account_id = d.account_id AND m.lead_id = d.lead_id AND m.contact_id = d.contact_id))
             AS last_touch_at
      FROM lead_contact d ${ACCOUNT("d")}
      JOIN lead l ON l.account_id = d.account_id AND l.lead_id = d.lead_id AND l.gone IS NULL
      LEFT JOIN contact c ON c.account_id = d.account_id AND c.contact_id = d.contact_id
      LEFT JOIN stakeholder s ON s.account_id = d.account_id AND s.lead_id = d.lead_id AND s.contact_id = d.contact_id`,
  deals: (views) => `
    SELECT d.account_id, d.lead_id AS deal_id, d.name, d.price::float8 AS value, a.currency, d.pipeline_id, n.pipeline, d.status_id, n.stage,
           n.buying_stage,
           CASE WHEN d.closed_at IS NULL THEN 'open' WHEN d.status_id = 142 THEN 'won' ELSE 'lost' END AS outcome,
           d.responsible_user_id AS rep_id, u.name AS rep, d.segment, d.score, d.kommo_created_at AS created_at, d.closed_at,
           d.first_touch_at, coalesce(s.entered_at, d.closed_at, d.kommo_created_at) AS in_stage_since,
           (SELECT count(*) FROM lead_contact c WHERE c.account_id = d.account_id AND c.lead_id = d.lead_id) AS people,
           (SELECT count(*) > 0 FROM lead_contact c JOIN stakeholder h USING (account_id, lead_id, contact_id)
             WHERE c.account_id = d.account_id AND c.lead_id = d.lead_id AND h.role = ANY(a.deciding)) AS decision_maker_known
      FROM lead d ${ACCOUNT("d")}
      LEFT JOIN kommo_user u ON u.account_id = d.account_id AND u.user_id = d.responsible_user_id
      LEFT JOIN stage_stay s ON s.account_id = d.account_id AND s.lead_id = d.lead_id AND s.left_at IS NULL
      ${NAMES(views, "n", "d")}
     WHERE d.gone IS NULL AND d.kommo_created_at IS NOT NULL`,
  stage_stays: (views) => `
    SELECT t.account_id, t.deal_id, t.place, t.pipeline_id, n.pipeline, t.status_id, n.stage, n.buying_stage, t.entered_at, t.left_at,
           ${HOURS("t.entered_at", "t.left_at")} AS hours
      FROM (SELECT s.account_id, s.lead_id AS deal_id, s.place, s.pipeline_id, s.status_id,
                   coalesce(s.entered_at, l.kommo_created_at) AS entered_at, coalesce(s.left_at, l.closed_at) AS left_at
              FROM stage_stay s JOIN lead l ON l.account_id = s.account_id AND l.lead_id = s.lead_id
             WHERE l.gone IS NULL AND l.kommo_created_at IS NOT NULL AND s.status_id NOT IN (142, 143)
            UNION ALL
            SELECT l.account_id, l.lead_id, 0, l.pipeline_id, l.status_id, l.kommo_created_at, NULL
              FROM lead l
             WHERE l.gone IS NULL AND l.kommo_created_at IS NOT NULL AND l.closed_at IS NULL
               AND NOT EXISTS (SELECT FROM stage_stay s WHERE s.account_id = l.account_id AND s.lead_id = l.lead_id)) t
      ${NAMES(views, "n", "t")}`,
  holds: (views) => `
    SELECT h.account_id, h.id AS hold_id, h.lead_id AS deal_id, h.from_pipeline_id, h.from_status_id, f.stage AS from_stage,
           h.wanted_pipeline_id, h.wanted_status_id, w.stage AS wanted_stage, w.buying_stage AS wanted_buying_stage,
           h.since, h.ended_at, h.outcome, ${HOURS("h.since", "h.ended_at")} AS hours
      FROM hold h
      JOIN lead l ON l.account_id = h.account_id AND l.lead_id = h.lead_id AND l.gone IS NULL
      LEFT JOIN ${views}_stages f ON f.account_id = h.account_id AND f.pipeline_id = h.from_pipeline_id AND f.status_id = h.from_status_id
      LEFT JOIN ${views}_stages w ON w.account_id = h.account_id AND w.pipeline_id = h.wanted_pipeline_id AND w.status_id = h.wanted_status_id`,
  hold_reasons: () => `
    SELECT r.account_id, r.hold_id, h.lead_id AS deal_id, r.kind, r.what, r.contact_id, r.since,
           coalesce(r.ended_at, h.ended_at) AS ended_at, ${HOURS("r.since", "coalesce(r.ended_at, h.ended_at)")} AS hours
      FROM hold_reason r
      JOIN hold h ON h.account_id = r.account_id AND h.id = r.hold_id
      JOIN lead l ON l.account_id = h.account_id AND l.lead_id = h.lead_id AND l.gone IS NULL`,
  verdicts: () => `
    SELECT v.account_id, v.id AS verdict_id, v.lead_id AS deal_id, v.status, v.segment, v.score, v.reason, v.asked_by, v.model,
           v.prompt_number, v.cost_micros, v.latency_ms, v.decided_at
      FROM verdict v
      JOIN lead l ON l.account_id = v.account_id AND l.lead_id = v.lead_id AND l.gone IS NULL`,
};
