import type { MigrationInterface, QueryRunner } from "typeorm";

/** What is urgent is found at once, however much is due beside it. */
export class UrgentWrites1764000000044 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(
      "CREATE INDEX write_urgent ON write (account_id, due_at) WHERE state = 'due' AND origin IN ('gate', 'rep')",
    );
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP INDEX write_urgent");
  }
}
