import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * Until when the words of a person and of their leads are erased, whatever Kommo tells of them again. And what leads
 * showed before that was kept with them (12) is taken over from their verdicts and writes: without it they would enter
 * their segment once more, and what a person has put into our fields would be written over.
 */
export class ErasedPeople1764000000021 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query("ALTER TABLE lead ADD erased_at timestamptz");
    await runner.query("ALTER TABLE contact ADD erased_at timestamptz");

    // Forced row-level security binds the owner too.
    const tables = ["lead", "verdict", "write"];
    for (const table of tables) await runner.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
    await runner.query(`
      UPDATE lead l SET entered_segment = v.segment
        FROM (SELECT DISTINCT ON (account_id, lead_id) account_id, lead_id, segment FROM verdict
               WHERE status = 'qualified' AND segment IS NOT NULL ORDER BY account_id, lead_id, id DESC) v
       WHERE v.account_id = l.account_id AND v.lead_id = l.lead_id AND l.entered_segment IS NULL`);
    await runner.query(`
      UPDATE lead l SET shown = w.fields || l.shown
        FROM (SELECT account_id, lead_id, jsonb_object_agg(key, value) AS fields
                FROM (SELECT DISTINCT ON (w.account_id, w.lead_id, f.key) w.account_id, w.lead_id, w.outcome, f.key, f.value
                        FROM write w CROSS JOIN LATERAL jsonb_each(w.body->'fields') f
                       WHERE w.target = 'lead' AND w.state = 'sent' AND f.key IN ('score', 'segment')
                       ORDER BY w.account_id, w.lead_id, f.key, w.seq DESC) newest
               -- What Kommo refused, or had no field for, is not known.
               WHERE position('refused: ' || key IN coalesce(outcome, '')) = 0
               GROUP BY account_id, lead_id) w
       WHERE w.account_id = l.account_id AND w.lead_id = l.lead_id`);
    for (const table of tables) await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  }

  async down(runner: QueryRunner) {
    await runner.query("ALTER TABLE contact DROP erased_at");
    await runner.query("ALTER TABLE lead DROP erased_at");
  }
}
