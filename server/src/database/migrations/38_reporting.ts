import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/**
 * What reports add up: how long a deal stood in each stage, who was on board since when, when a client first heard of us.
 * The first two follow from the moves and changes that are kept; the database tells them anew whenever one is added, as
 * it does with an index, so that no writer can forget it.
 */
export class Reporting1764000000038 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // A stay without a beginning began with the deal itself.
    await runner.query(`
      CREATE TABLE stage_stay (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        place int NOT NULL,
        pipeline_id bigint NOT NULL,
        status_id bigint NOT NULL,
        entered_at timestamptz,
        left_at timestamptz,
        PRIMARY KEY (account_id, lead_id, place)
      )`);
    await runner.query("CREATE INDEX stage_stay_open ON stage_stay (account_id, lead_id) WHERE left_at IS NULL");
    await runner.query(`
      CREATE TABLE committee_span (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        place int NOT NULL,
        roles text[] NOT NULL,
        from_at timestamptz NOT NULL,
        until_at timestamptz,
        PRIMARY KEY (account_id, lead_id, place)
      )`);
    // How far the time before we were connected has been read.
    await runner.query(`
      CREATE TABLE past (
        account_id bigint PRIMARY KEY,
        reading text NOT NULL DEFAULT 'leads' CHECK (reading IN ('leads', 'moves', 'nothing')),
        /* Of leads the creation up to which they are read, of moves the time down to which. */
        cursor_at timestamptz NOT NULL,
        page int NOT NULL DEFAULT 1,
        until_at timestamptz NOT NULL,
        ended_at timestamptz
      )`);
    for (const table of ["stage_stay", "committee_span", "past"]) await tenantTable(runner, table);
    await runner.query("ALTER TABLE lead ADD first_touch_at timestamptz");

    await runner.query(TELL_STAYS);
    await runner.query(TELL_SPANS);
    await runner.query(`
      CREATE TRIGGER stays_of_new_moves AFTER INSERT ON stage_change REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION tell_stage_stays()`);
    await runner.query(`
      CREATE TRIGGER stays_of_corrected_moves AFTER UPDATE ON stage_change REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION tell_stage_stays()`);
    await runner.query(`
      CREATE TRIGGER spans_of_new_changes AFTER INSERT ON stakeholder_change REFERENCING NEW TABLE AS changed
      FOR EACH STATEMENT EXECUTE FUNCTION tell_committee_spans()`);

    // Forced row-level security binds the owner too.
    const tables = ["lead", "message", "stage_change", "stakeholder_change", "stage_stay", "committee_span"];
    for (const table of tables) await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await runner.query(`
      UPDATE lead l SET first_touch_at = m.at
        FROM (SELECT account_id, lead_id, min(at) AS at FROM message WHERE direction = 'outgoing' GROUP BY 1, 2) m
       WHERE m.account_id = l.account_id AND m.lead_id = l.lead_id`);
    await runner.query("UPDATE stage_change SET state = state");
    await runner.query(SPANS_OF("stakeholder_change"));
    for (const table of tables) await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TRIGGER spans_of_new_changes ON stakeholder_change");
    await runner.query("DROP TRIGGER stays_of_corrected_moves ON stage_change");
    await runner.query("DROP TRIGGER stays_of_new_moves ON stage_change");
    await runner.query("DROP FUNCTION tell_stage_stays(), tell_committee_spans()");
    await runner.query("ALTER TABLE lead DROP first_touch_at");
    await runner.query("DROP TABLE past, committee_span, stage_stay");
  }
}

const LEADS_OF = (rows: string) => `(SELECT DISTINCT account_id, lead_id FROM ${rows})`;

const TELL_STAYS = `
  CREATE FUNCTION tell_stage_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
  BEGIN
    DELETE FROM stage_stay s USING ${LEADS_OF("changed")} c WHERE s.account_id = c.account_id AND s.lead_id = c.lead_id;
    INSERT INTO stage_stay (account_id, lead_id, place, pipeline_id, status_id, entered_at, left_at)
    WITH moves AS (
      SELECT m.*, row_number() OVER deal AS place, lead(m.at) OVER deal AS next_at
        FROM stage_change m JOIN ${LEADS_OF("changed")} c USING (account_id, lead_id)
      WINDOW deal AS (PARTITION BY account_id, lead_id ORDER BY m.at, m.ordinal))
    SELECT account_id, lead_id, place, to_pipeline_id, to_status_id, at, next_at FROM moves
    UNION ALL
    SELECT account_id, lead_id, 0, coalesce(from_pipeline_id, to_pipeline_id), from_status_id, NULL, at
      FROM moves WHERE place = 1 AND from_status_id IS NOT NULL;
    RETURN NULL;
  END $$`;

/** Who was on board after each change: everybody's newest role, of those who were not unlinked last. */
const SPANS_OF = (rows: string) => `
  INSERT INTO committee_span (account_id, lead_id, place, roles, from_at, until_at)
  SELECT k.account_id, k.lead_id, row_number() OVER deal, board.roles, k.at, lead(k.at) OVER deal
    FROM (SELECT DISTINCT account_id, lead_id, h.at
            FROM stakeholder_change h JOIN ${LEADS_OF(rows)} c USING (account_id, lead_id)
           WHERE h.kind IN ('role', 'linked', 'unlinked')) k
   CROSS JOIN LATERAL (
     SELECT coalesce(array_agg(DISTINCT role ORDER BY role) FILTER (WHERE role IS NOT NULL AND is_linked), '{}') AS roles
       FROM (SELECT (array_agg(h.after ORDER BY h.at DESC, h.id DESC) FILTER (WHERE h.kind = 'role'))[1] AS role,
                    coalesce((array_agg(h.kind ORDER BY h.at DESC, h.id DESC)
                                FILTER (WHERE h.kind IN ('linked', 'unlinked')))[1], 'linked') = 'linked' AS is_linked
               FROM stakeholder_change h
              WHERE h.account_id = k.account_id AND h.lead_id = k.lead_id AND h.at <= k.at
              GROUP BY h.contact_id) people) board
  WINDOW deal AS (PARTITION BY k.account_id, k.lead_id ORDER BY k.at)`;

const TELL_SPANS = `
  CREATE FUNCTION tell_committee_spans() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
  BEGIN
    DELETE FROM committee_span s USING ${LEADS_OF("changed")} c WHERE s.account_id = c.account_id AND s.lead_id = c.lead_id;
    ${SPANS_OF("changed")};
    RETURN NULL;
  END $$`;
