import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DataSource } from "typeorm";
import { connectAsOwner, describeDatabase, type MigrationList } from "./data-source.ts";
import { migrations } from "./migrations/all.ts";
import { refuseOldPostgres } from "./oldest-postgres.ts";

/**
 * Applies what is missing of the migrations, and makes the login of `appUrl` the restricted user the server runs as.
 * Both addresses name the same database; `ownerUrl` may create roles and tables. Servers may go on serving meanwhile.
 * @param later what comes after our own
 */
export async function migrate(ownerUrl: string, appUrl: string, later: MigrationList = []) {
  const owner = connectAsOwner(ownerUrl, { later });
  await explained("MIGRATION_DATABASE_URL", ownerUrl, () => owner.initialize());
  try {
    await refuseOldPostgres(owner);
    await inTurn(owner, async () => {
      await patiently(() => owner.runMigrations());
      await admit(owner, appUrl);
    });
  } finally {
    await owner.destroy();
  }
  await explained("DATABASE_URL", appUrl, async () => {
    const app = new pg.Client({ connectionString: appUrl, connectionTimeoutMillis: 10_000 });
    await app.connect();
    await app.end();
  });
}

/**
 * For a server that does not know the owner, so that whoever breaks into it stays below row-level security.
 * @throws Error when somebody has to run the migrations first
 */
export async function refuseUnmigrated(appUrl: string) {
  const app = new DataSource(describeDatabase(appUrl, 1));
  await explained("DATABASE_URL", appUrl, () => app.initialize());
  try {
    const missing = await missingMigrations(app).catch((error: Error) => {
      if ("code" in error && error.code === UNKNOWN_TABLE) return ["all of them"];
      throw error;
    });
    if (missing.length === 0) return;
    throw new Error(
      `the database lacks migrations (${missing.join(", ")}). Run \`dealscope migrate\` with MIGRATION_DATABASE_URL set, or set it here.`,
    );
  } finally {
    await app.destroy();
  }
}

/** Names of the migrations this code needs and the database does not have. */
export async function missingMigrations(dataSource: DataSource): Promise<string[]> {
  return (await compareMigrations(dataSource)).missing;
}

/** What the database lacks of this code's migrations, and what it has from a newer version. */
export async function compareMigrations(dataSource: DataSource): Promise<{ missing: string[]; unknown: string[] }> {
  const applied: { name: string }[] = await dataSource.query("SELECT name FROM migrations");
  const there = new Set(applied.map(({ name }) => name));
  const ours = new Set(migrations.map(({ name }) => name));
  return {
    missing: [...ours].filter((name) => !there.has(name)),
    unknown: [...there].filter((name) => !ours.has(name)),
  };
}

/** Two servers starting together take turns. A table that only its owner may lock, as anybody could hold an advisory lock. */
async function inTurn(owner: DataSource, use: () => Promise<void>) {
  await owner.query("CREATE TABLE IF NOT EXISTS migration_turn ()").catch((error: Error) => {
    // Made by the other one at this very moment.
    if (!("code" in error && (error.code === UNIQUE_VIOLATION || error.code === DUPLICATE_TABLE))) throw error;
  });
  await owner.transaction(async (tx) => {
    await tx.query("SET LOCAL lock_timeout = 0");
    await tx.query("LOCK TABLE migration_turn");
    await use();
  });
}

/**
 * Comes back for a table that somebody keeps reading, such as an account's login for BI tools. What is applied already stays
 * applied, and between two tries everybody who waited behind has his turn.
 */
async function patiently(apply: () => Promise<unknown>) {
  for (let tries = 1; ; tries++) {
    try {
      await apply();
      return;
    } catch (error) {
      const isBusy = error instanceof Error && "code" in error && BUSY.has(error.code);
      if (!isBusy || tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function admit(owner: DataSource, appUrl: string) {
  const { username, password } = new URL(appUrl);
  const user = decodeURIComponent(username);
  const [exists] = await owner.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [user]);
  const [statement] = await owner.query(
    `SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD %L', $1::text, $2::text) AS create,
            format('GRANT dealscope_tenant TO %I', $1::text) AS grant`,
    [user, decodeURIComponent(password)],
  );
  // An existing login is the operator's: it is only admitted, never altered.
  if (!exists) await owner.query(statement.create);
  await owner.query(statement.grant);
}

/** PostgreSQL says no more than "password authentication failed", whichever of the two addresses is meant. */
async function explained(setting: string, url: string, connect: () => Promise<unknown>) {
  try {
    await connect();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === WRONG_PASSWORD)) throw error;
    const user = decodeURIComponent(new URL(url).username);
    throw new Error(
      `PostgreSQL refuses the password of ${user} in ${setting}. Correct it there, or change it in the database: ALTER ROLE "${user}" PASSWORD '…'`,
    );
  }
}

/** Ten minutes, more or less. */
const TRIES = 300;
const PAUSE_MS = 1_000;
/** A lock that did not come in time, or that a server waited for the other way round. */
const BUSY: ReadonlySet<unknown> = new Set(["55P03", "40P01"]);
const WRONG_PASSWORD = "28P01";
const UNIQUE_VIOLATION = "23505";
const DUPLICATE_TABLE = "42P07";
const UNKNOWN_TABLE = "42P01";
