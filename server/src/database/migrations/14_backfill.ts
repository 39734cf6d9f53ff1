import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** Existing leads to be qualified: which ones, and what came of each. */
export class Backfill1764000000014 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE backfill (
        account_id bigint NOT NULL,
        id int NOT NULL,
        state text NOT NULL CHECK (state IN ('counting', 'ready', 'running', 'paused', 'done', 'cancelled')),
        filter jsonb NOT NULL,
        next_page int NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT app_now(),
        started_at timestamptz,
        ended_at timestamptz,
        PRIMARY KEY (account_id, id)
      )`);
    await runner.query(
      "CREATE UNIQUE INDEX one_backfill_is_open ON backfill (account_id) WHERE state IN ('counting', 'ready', 'running', 'paused')",
    );
    await runner.query(`
      CREATE TABLE backfill_lead (
        account_id bigint NOT NULL,
        backfill_id int NOT NULL,
        lead_id bigint NOT NULL,
        queued_at timestamptz,
        outcome text CHECK (outcome IN ('judged', 'failed', 'gone')),
        ended_at timestamptz,
        PRIMARY KEY (account_id, backfill_id, lead_id)
      )`);
    await runner.query(
      "CREATE INDEX backfill_lead_left ON backfill_lead (account_id, backfill_id, lead_id) WHERE outcome IS NULL",
    );
    for (const table of ["backfill", "backfill_lead"]) await tenantTable(runner, table);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE backfill_lead, backfill");
  }
}
