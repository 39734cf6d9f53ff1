import type { MigrationInterface, QueryRunner } from "typeorm";
import { narrowRole } from "../rules.ts";

/** The roles that narrow access, the tenancy setting they look at, and the one clock for due times and leases. */
export class RolesAndClock1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner) {
    for (const role of ["dealscope_tenant", "dealscope_door", "dealscope_sweep", "dealscope_lookup"]) {
      await narrowRole(runner, role);
    }

    await runner.query(`
      CREATE FUNCTION app_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
      $$ SELECT nullif(current_setting('app.account_id', true), '')::bigint $$`);

    // A test database may run its clock faster: ALTER DATABASE .. SET app.clock_scale = '60'.
    await runner.query(`
      CREATE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
        SELECT CASE coalesce(current_setting('app.clock_scale', true), '')
          WHEN '' THEN statement_timestamp()
          ELSE '2026-01-01'::timestamptz
               + (statement_timestamp() - '2026-01-01'::timestamptz) * current_setting('app.clock_scale')::float8
        END $$`);
  }

  async down(runner: QueryRunner) {
    await runner.query("DROP FUNCTION app_now(); DROP FUNCTION app_account()");
  }
}
