import type { QueryRunner } from "typeorm";

/** A role that can do nothing by itself; what it may is granted where a door is made for it. */
export async function narrowRole(runner: QueryRunner, role: string) {
  // Roles belong to the cluster, not to the database: another database may have made them already.
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

/**
 * Closes a table to everything but the account that the transaction has named. FORCE binds the owner too, so a
 * forgotten WHERE cannot leak and a query outside a tenancy sees nothing.
 */
export async function tenantTable(runner: QueryRunner, table: string) {
  await runner.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await runner.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
  await runner.query(
    `CREATE POLICY tenancy ON ${table} USING (account_id = app_account()) WITH CHECK (account_id = app_account())`,
  );
  await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO dealscope_tenant`);
}

/**
 * Makes a function a door in the wall above: it runs with the narrow rights of `role`, and only the server may call it.
 */
export async function doorFunction(runner: QueryRunner, signature: string, role: string) {
  await runner.query(`GRANT CREATE ON SCHEMA public TO ${role}`);
  await runner.query(`ALTER FUNCTION ${signature} OWNER TO ${role}`);
  await runner.query(`REVOKE CREATE ON SCHEMA public FROM ${role}`);
  await runner.query(`REVOKE ALL ON FUNCTION ${signature} FROM PUBLIC`);
  await runner.query(`GRANT EXECUTE ON FUNCTION ${signature} TO dealscope_tenant`);
}
