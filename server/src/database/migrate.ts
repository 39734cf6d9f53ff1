import type { DataSource } from "typeorm";
import { connectAsOwner } from "./data-source.ts";
import { migrations } from "./migrations/all.ts";

/**
 * Applies what is missing of the migrations, and makes the login of `appUrl` the restricted user the server runs as.
 * Both addresses name the same database; `ownerUrl` may create roles and tables.
 */
export async function migrate(ownerUrl: string, appUrl: string) {
  const owner = connectAsOwner(ownerUrl);
  await owner.initialize();
  try {
    // Two servers starting together take turns.
    await owner.query("SELECT pg_advisory_lock(hashtext('dealscope migrations'))");
    await owner.runMigrations();
    await admit(owner, appUrl);
  } finally {
    await owner.destroy();
  }
}

/** Names of the migrations this code needs and the database does not have. */
export async function missingMigrations(dataSource: DataSource): Promise<string[]> {
  const applied: { name: string }[] = await dataSource.query("SELECT name FROM migrations");
  const names = new Set(applied.map((row) => row.name));
  return migrations.map((migration) => migration.name).filter((name) => !names.has(name));
}

async function admit(owner: DataSource, appUrl: string) {
  const { username, password } = new URL(appUrl);
  const user = decodeURIComponent(username);
  const [exists] = await owner.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [user]);
  const [statement] = await owner.query(
    `SELECT format('${exists ? "ALTER" : "CREATE"} ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD %L', $1::text, $2::text) AS create,
            format('GRANT dealscope_tenant TO %I', $1::text) AS grant`,
    [user, decodeURIComponent(password)],
  );
  // An existing login is the operator's: it is only admitted, never altered.
  if (!exists) await owner.query(statement.create);
  await owner.query(statement.grant);
}
