import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** What a version of the prompt says of leads that people have judged. A row without a status is still to be judged. */
export class BackTest1764000000008 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE back_test (
        account_id bigint NOT NULL,
        number int NOT NULL,
        lead_id bigint NOT NULL,
        segment text,
        status text,
        cost_micros bigint NOT NULL DEFAULT 0,
        at timestamptz NOT NULL,
        PRIMARY KEY (account_id, number, lead_id)
      )`);
    await tenantTable(runner, "back_test");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE back_test");
  }
}
