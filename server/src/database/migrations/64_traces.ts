import type { MigrationInterface, QueryRunner } from "typeorm";

const TABLES = ["delivery", "work", "write", "customerio_write"];

/**
 * What was begun by one webhook, click, form or scan has one id, from the delivery to what is written. The default comes after
 * the column, so that no table is written anew; rows from before, and of servers from before, do without.
 */
export class Traces1764000000064 implements MigrationInterface {
  async up(runner: QueryRunner) {
    for (const table of TABLES) {
      await runner.query(`ALTER TABLE ${table} ADD trace_id uuid`);
      await runner.query(`ALTER TABLE ${table} ALTER trace_id SET DEFAULT gen_random_uuid()`);
    }
  }

  async down(runner: QueryRunner) {
    for (const table of TABLES) await runner.query(`ALTER TABLE ${table} DROP trace_id`);
  }
}
