import type { MigrationInterface, QueryRunner } from "typeorm";

/**
 * When the database was restored from a backup. What was made in Kommo after the backup is not in it, so for some days
 * everything is looked for before it is made.
 */
export class Restorations1764000000070 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // By the number of the last change that was in the backup those from after it are told apart, whatever clocks say.
    await runner.query(
      "CREATE TABLE restoration (at timestamptz NOT NULL DEFAULT app_now(), last_write bigint NOT NULL)",
    );
    await runner.query("GRANT SELECT ON restoration TO dealscope_tenant");
    // An hour before: by then Kommo shows whatever was made, so that looking need not wait for that.
    await runner.query(`
      CREATE FUNCTION in_doubt_since() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS
      $$ SELECT max(at) - interval '1 hour' FROM restoration WHERE at > app_now() - interval '7 days' $$`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION in_doubt_since(); DROP TABLE restoration");
  }
}
