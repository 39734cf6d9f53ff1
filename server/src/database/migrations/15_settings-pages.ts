import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** What the settings pages keep: notes of versions, labels of experts, leads scored dry; and an account's newest things found by time. */
export class SettingsPages1764000000015 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      ALTER TABLE prompt_version ADD COLUMN note text NOT NULL DEFAULT '', ADD COLUMN revision int NOT NULL DEFAULT 1`);
    // Why the version said what it said, to be read beside what a person says.
    await runner.query("ALTER TABLE back_test ADD COLUMN detail jsonb");

    await runner.query(`
      CREATE TABLE label (
        account_id bigint NOT NULL,
        lead_id bigint NOT NULL,
        segment text NOT NULL,
        by_name text NOT NULL,
        at timestamptz NOT NULL DEFAULT app_now(),
        PRIMARY KEY (account_id, lead_id)
      )`);
    await runner.query(`
      CREATE TABLE dry_run (
        account_id bigint NOT NULL,
        id int NOT NULL,
        content jsonb NOT NULL,
        wanted int NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        ended_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query("CREATE UNIQUE INDEX one_dry_run_is_open ON dry_run (account_id) WHERE ended_at IS NULL");
    await runner.query(`
      CREATE TABLE dry_run_lead (
        account_id bigint NOT NULL,
        dry_run_id int NOT NULL,
        lead_id bigint NOT NULL,
        place int NOT NULL,
        name text NOT NULL,
        state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'judged', 'failed', 'gone')),
        reason text,
        detail jsonb,
        cost_micros bigint NOT NULL DEFAULT 0,
        PRIMARY KEY (account_id, dry_run_id, lead_id)
      )`);
    for (const table of ["label", "dry_run", "dry_run_lead"]) await tenantTable(runner, table);

    // The newest things of a whole account, page by page.
    await runner.query("CREATE INDEX lead_by_creation ON lead (account_id, kommo_created_at)");
    await runner.query("CREATE INDEX message_by_time ON message (account_id, at)");
    await runner.query("CREATE INDEX note_by_time ON note (account_id, at)");
    await runner.query("CREATE INDEX stage_change_by_time ON stage_change (account_id, at)");
    await runner.query("CREATE INDEX verdict_by_time ON verdict (account_id, decided_at)");
    await runner.query("CREATE INDEX override_by_time ON override (account_id, at)");
    // Of the many that went well only few went wrong.
    await runner.query(
      "CREATE INDEX verdict_by_hand ON verdict (account_id, decided_at) WHERE status = 'needs_manual'",
    );
    await runner.query(
      "CREATE INDEX write_failed ON write (account_id, ended_at) WHERE state IN ('superseded', 'dead')",
    );
    await runner.query("CREATE INDEX write_by_end ON write (account_id, ended_at) WHERE ended_at IS NOT NULL");
  }

  async down(runner: QueryRunner) {
    await runner.query(
      `DROP INDEX write_by_end, write_failed, verdict_by_hand, override_by_time, verdict_by_time, stage_change_by_time, note_by_time, message_by_time,
                  lead_by_creation`,
    );
    await runner.query("DROP TABLE dry_run_lead, dry_run, label");
    await runner.query("ALTER TABLE back_test DROP COLUMN detail");
    await runner.query("ALTER TABLE prompt_version DROP COLUMN revision, DROP COLUMN note");
  }
}
