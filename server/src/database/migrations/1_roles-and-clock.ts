import type { MigrationInterface, QueryRunner } from "typeorm";

/** The roles that narrow access, the tenancy setting they look at, and the one clock for due times and leases. */
export class RolesAndClock1764000000001 implements MigrationInterface {
  async up(runner: QueryRunner) {
    // Roles belong to the cluster, not to the database: another database may have made them already.
    for (const role of ["dealscope_tenant", "dealscope_door", "dealscope_sweep", "dealscope_lookup"]) {
      await runner.query(`
        DO $$ BEGIN
          IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN
            CREATE ROLE ${role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
          END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END $$`);
      // Needed to give a function to the role when we are not superuser; harmless when we are.
      await runner.query(`GRANT ${role} TO CURRENT_USER`);
      await runner.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
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
