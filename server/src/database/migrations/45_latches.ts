import type { MigrationInterface, QueryRunner } from "typeorm";
import { tenantTable } from "../rules.ts";

/** Rows that are locked in the place of advisory locks, which nobody can be kept from taking. */
export class Latches1764000000045 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`
      CREATE TABLE latch (
        account_id bigint NOT NULL,
        name text NOT NULL,
        PRIMARY KEY (account_id, name)
      )`);
    await tenantTable(runner, "latch");
    // Of no account: which process looks this second.
    await runner.query("CREATE TABLE sweep_turn (one boolean PRIMARY KEY DEFAULT true CHECK (one))");
    await runner.query("INSERT INTO sweep_turn DEFAULT VALUES");
    // Locking a row needs the right to update something; there is nothing to update.
    await runner.query("GRANT SELECT, UPDATE ON sweep_turn TO dealscope_tenant");
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP TABLE latch, sweep_turn");
  }
}
