import { DataSource } from "typeorm";
import type { Config } from "../config.ts";
import { connectAsOwner, describeDatabase } from "../database/data-source.ts";
import { DOOR_CONNECTIONS } from "../database/doors.ts";
import { FRONT_DESK_CONNECTIONS } from "../database/front-desk.ts";
import { compareMigrations } from "../database/migrate.ts";
import { whyTooOld } from "../database/oldest-postgres.ts";
import { type Chart, examined } from "./finding.ts";
import { whyUnreachable } from "./reaching.ts";

/** The clock of the database decides what is due; tokens and signatures are looked at by the clock of this machine. */
const CLOCK_SECONDS = 5;

type Urls = Pick<Config, "DATABASE_URL" | "MIGRATION_DATABASE_URL" | "DATABASE_POOL">;

export function examineDatabase(config: Urls) {
  return examined("database", async (chart) => {
    const app = await open(
      new DataSource(describeDatabase(config.DATABASE_URL, 1, { name: "dealscope doctor" })),
      "DATABASE_URL",
      chart,
    );
    if (!app) return;
    try {
      const tooOld = await whyTooOld(app);
      // Whatever else is asked may be unknown to it.
      if (tooOld) return chart.fault(tooOld);
      await examineServer(app, chart);
      await examineRights(app, chart);
      await examineTables(app, chart);
      await examineConnections(app, config.DATABASE_POOL, chart);
      await examineOwner(app, config.MIGRATION_DATABASE_URL, chart);
    } finally {
      await app.destroy();
    }
  });
}

async function open(source: DataSource, setting: string, chart: Chart): Promise<DataSource | undefined> {
  const url = new URL((source.options as { url: string }).url);
  try {
    return await source.initialize();
  } catch (error) {
    chart.fault(`${setting}: ${whyNotOpen(error, url)}`);
    return undefined;
  }
}

function whyNotOpen(error: unknown, url: URL): string {
  const code = (error as { code?: string }).code;
  const [user, database] = [decodeURIComponent(url.username), url.pathname.slice(1)];
  if (code === "28P01") return `PostgreSQL refuses the password of ${user}: correct it here or in the database.`;
  if (code === "28000") return `PostgreSQL does not let ${user} in: make the login, or let it in by pg_hba.conf.`;
  if (code === "3D000") return `There is no database ${database}: create it.`;
  if (code === "42501") return `${user} may not connect to ${database}: grant it the right to.`;
  if (code === "53300") return "All connections of PostgreSQL are taken: raise max_connections or lower DATABASE_POOL.";
  return whyUnreachable(error, url.host) ?? `${(error as Error).message}.`;
}

async function examineServer(app: DataSource, chart: Chart) {
  const [{ version, encoding, ahead, size, recovering }] = await app.query(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding,
            extract(epoch FROM clock_timestamp() - $1::timestamptz)::float8 AS ahead,
            pg_size_pretty(pg_database_size(current_database())) AS size, pg_is_in_recovery() AS recovering`,
    [new Date()],
  );
  chart.ok(`PostgreSQL ${version} is reached; the database takes ${size}.`);
  if (encoding !== "UTF8") chart.fault(`The database is encoded in ${encoding}: make it anew in UTF8.`);
  if (recovering) chart.fault("This PostgreSQL is a standby and takes no writes: name the primary in DATABASE_URL.");
  if (Math.abs(ahead) > CLOCK_SECONDS) {
    const seconds = Math.round(Math.abs(ahead));
    chart.warning(`The clocks of this machine and of PostgreSQL are ${seconds} s apart: set both by NTP.`);
  }
}

async function examineRights(app: DataSource, chart: Chart) {
  const [{ login, strong }] = await app.query(
    "SELECT rolname AS login, rolsuper OR rolbypassrls AS strong FROM pg_roles WHERE rolname = current_user",
  );
  if (strong)
    chart.fault(
      `${login} is above row-level security, so accounts are not kept apart: name a restricted login in DATABASE_URL.`,
    );
  const open: { table: string }[] = await app.query(
    `SELECT t.relname AS table FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'account_id' AND NOT a.attisdropped
      WHERE t.relkind IN ('r', 'p') AND t.relnamespace = 'public'::regnamespace AND NOT (t.relrowsecurity AND t.relforcerowsecurity)
      ORDER BY 1`,
  );
  for (const { table } of open) {
    chart.fault(
      `Row-level security of ${table} is off: ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY.`,
    );
  }
  if (!strong && open.length === 0)
    chart.ok(`${login} is bound by row-level security, which is forced on every table of accounts.`);
}

async function examineTables(app: DataSource, chart: Chart) {
  const [{ there }] = await app.query("SELECT to_regclass('public.migrations') IS NOT NULL AS there");
  if (!there) return chart.fault("The database has no tables yet: run dealscope migrate, which makes them.");
  const { missing, unknown } = await compareMigrations(app);
  if (missing.length > 0)
    chart.fault(`${missing.length} migrations are missing: run dealscope migrate of this version.`);
  if (unknown.length > 0)
    chart.warning(
      `The database was migrated by a newer version (${unknown.at(-1)}): run that version everywhere soon.`,
    );
  if (missing.length === 0 && unknown.length === 0)
    chart.ok("Every migration of this version is applied, and no other.");
}

async function examineConnections(app: DataSource, pool: number, chart: Chart) {
  const [{ free }] = await app.query(
    `SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
            - current_setting('reserved_connections')::int
            - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS free`,
  );
  const needed = pool + DOOR_CONNECTIONS + FRONT_DESK_CONNECTIONS;
  if (free >= needed) return chart.ok(`${free} connections are free; one more process takes up to ${needed}.`);
  chart.warning(
    `Only ${free} connections of PostgreSQL are free and one more process takes up to ${needed}: raise max_connections or lower DATABASE_POOL.`,
  );
}

/** The owner is needed at the next start only, which is late to learn that it does not work. */
async function examineOwner(app: DataSource, ownerUrl: string | undefined, chart: Chart) {
  if (!ownerUrl) return chart.skipped("MIGRATION_DATABASE_URL is not set here, so migrating is somebody else's step.");
  const owner = await open(connectAsOwner(ownerUrl), "MIGRATION_DATABASE_URL", chart);
  if (!owner) return;
  try {
    const which = "SELECT pg_postmaster_start_time()::text AS server, current_database() AS database";
    const [ours] = await app.query(which);
    const [theirs] = await owner.query(which);
    if (ours.server !== theirs.server || ours.database !== theirs.database)
      return chart.fault("DATABASE_URL and MIGRATION_DATABASE_URL name two databases: name the same one in both.");
    const [{ login, may }] = await owner.query(
      "SELECT current_user AS login, has_schema_privilege('public', 'CREATE') AS may FROM pg_roles WHERE rolname = current_user",
    );
    if (!may)
      return chart.fault(`${login} may not create tables: name the owner of the database in MIGRATION_DATABASE_URL.`);
    chart.ok(`${login} may migrate it.`);
  } finally {
    await owner.destroy();
  }
}
