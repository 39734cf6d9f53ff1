import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Who belongs to a deal, and since when it stands where it stands: one answer to each, for the card, the reports and the
 * tools that read them. And when its client was first called.
 */
export class WhereDealsStand1764000000043 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE lead ADD first_call_at timestamptz");
    // A closed deal stands since it was closed; one that has never moved, since it was made.
    await runner.query(`
      CREATE FUNCTION stands_since(closed_at timestamptz, entered_at timestamptz, created_at timestamptz) RETURNS timestamptz
      LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT coalesce(closed_at, entered_at, created_at) $$`);
    await runner.query("CREATE INDEX contact_gone ON contact (account_id, contact_id) WHERE gone");
    await runner.query("GRANT SELECT (gone) ON contact TO dealscope_bi_reader");
    for (const [name, select] of Object.entries(ANSWERS)) {
      await runner.query(`CREATE VIEW ${name} WITH (security_invoker) AS ${select}`);
      await runner.query(`GRANT SELECT ON ${name} TO dealscope_tenant`);
      // The views of the tools read with the rights of their owner, who needs views of his own for that.
      await runner.query(`CREATE VIEW reader_${name} WITH (security_barrier) AS ${select}`);
      await runner.query("GRANT CREATE ON SCHEMA public TO dealscope_bi_reader");
      await runner.query(`ALTER VIEW reader_${name} OWNER TO dealscope_bi_reader`);
      await runner.query("REVOKE CREATE ON SCHEMA public FROM dealscope_bi_reader");
    }
    await replaceViews(runner, (views) => ({
      people: `${views}deal_person`,
      standing: `JOIN ${views}deal_standing t ON t.account_id = d.account_id AND t.lead_id = d.lead_id`,
      since: "t.since",
    }));
  }

  async down(runner: QueryRunner) {
    await replaceViews(runner, () => ({
      people: "lead_contact",
      standing: "LEFT JOIN stage_stay t ON t.account_id = d.account_id AND t.lead_id = d.lead_id AND t.left_at IS NULL",
      since: "coalesce(t.entered_at, d.closed_at, d.kommo_created_at)",
    }));
    for (const name of Object.keys(ANSWERS)) await runner.query(`DROP VIEW ${name}, reader_${name}`);
    await runner.query("ALTER TABLE lead DROP first_call_at");
    await runner.query("DROP FUNCTION stands_since(timestamptz, timestamptz, timestamptz)");
    await runner.query("REVOKE SELECT (gone) ON contact FROM dealscope_bi_reader");
    await runner.query("DROP INDEX contact_gone");
  }
}

const ANSWERS = {
  deal_standing: `
    SELECT l.account_id, l.lead_id, stands_since(l.closed_at, s.entered_at, l.kommo_created_at) AS since
      FROM lead l
      LEFT JOIN stage_stay s ON s.account_id = l.account_id AND s.lead_id = l.lead_id AND s.left_at IS NULL`,
  // Links to people who were deleted or merged stay until the deal is read again.
  deal_person: `
    SELECT d.account_id, d.lead_id, d.contact_id, d.is_main
      FROM lead_contact d
     WHERE NOT EXISTS (SELECT FROM contact c WHERE c.account_id = d.account_id AND c.contact_id = d.contact_id AND c.gone)`,
};

interface Sources {
  people: string;
  standing: string;
  since: string;
}

/** Their columns stay what they are, and so do their owners and rights. */
async function replaceViews(runner: QueryRunner, from: (views: "" | "reader_") => Sources) {
  for (const [name, select] of Object.entries({ stakeholders, deals })) {
    await runner.query(`
      CREATE OR REPLACE VIEW report_${name} WITH (security_invoker) AS ${select("report", from(""))}`);
    await runner.query(`
      CREATE OR REPLACE VIEW bi_${name} WITH (security_barrier) AS
      SELECT v.* FROM (${select("bi", from("reader_"))}) v WHERE v.account_id = (SELECT bi_account())`);
  }
}

/** The account beside each row, with the roles that decide in it; OFFSET keeps the planner from counting them for every row. */
const ACCOUNT = `
  JOIN (SELECT a.account_id, a.currency,
               CASE WHEN a.settings->'committee'->'roles' IS NULL THEN ARRAY['decision_maker', 'economic_buyer']
                    ELSE ARRAY(SELECT jsonb_path_query(a.settings, '$.committee.roles[*] ? (@.decides == true).key') #>> '{}')
                END AS deciding
          FROM account a OFFSET 0) a ON a.account_id = d.account_id`;

const stakeholders = (_: string, { people }: Sources) => `
  SELECT d.account_id, d.lead_id AS deal_id, d.contact_id, c.name, d.is_main, s.role,
         coalesce(s.role = ANY(a.deciding), false) AS decides,
         s.weight, coalesce(s.approval, 'pending') AS approval, s.approval_at,
         greatest(s.last_touch_at, (SELECT max(m.at) FROM message m
                                     WHERE m.account_id = d.account_id AND m.lead_id = d.lead_id AND m.contact_id = d.contact_id))
           AS last_touch_at
    FROM ${people} d ${ACCOUNT}
    JOIN lead l ON l.account_id = d.account_id AND l.lead_id = d.lead_id AND l.gone IS NULL
    LEFT JOIN contact c ON c.account_id = d.account_id AND c.contact_id = d.contact_id
    LEFT JOIN stakeholder s ON s.account_id = d.account_id AND s.lead_id = d.lead_id AND s.contact_id = d.contact_id`;

const deals = (views: string, { people, standing, since }: Sources) => `
  SELECT d.account_id, d.lead_id AS deal_id, d.name, d.price::float8 AS value, a.currency, d.pipeline_id, n.pipeline, d.status_id,
         n.stage, n.buying_stage,
         CASE WHEN d.closed_at IS NULL THEN 'open' WHEN d.status_id = 142 THEN 'won' ELSE 'lost' END AS outcome,
         d.responsible_user_id AS rep_id, u.name AS rep, d.segment, d.score, d.kommo_created_at AS created_at, d.closed_at,
         d.first_touch_at, ${since} AS in_stage_since,
         (SELECT count(*) FROM ${people} c WHERE c.account_id = d.account_id AND c.lead_id = d.lead_id) AS people,
         (SELECT count(*) > 0 FROM ${people} c JOIN stakeholder h USING (account_id, lead_id, contact_id)
           WHERE c.account_id = d.account_id AND c.lead_id = d.lead_id AND h.role = ANY(a.deciding)) AS decision_maker_known
    FROM lead d ${ACCOUNT}
    LEFT JOIN kommo_user u ON u.account_id = d.account_id AND u.user_id = d.responsible_user_id
    ${standing}
    LEFT JOIN ${views}_stages n ON n.account_id = d.account_id AND n.pipeline_id = d.pipeline_id AND n.status_id = d.status_id
   WHERE d.gone IS NULL AND d.kommo_created_at IS NOT NULL`;
