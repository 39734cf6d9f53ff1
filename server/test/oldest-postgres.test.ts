import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../src/database/migrate.ts";
import { OLDEST_POSTGRES } from "../src/database/oldest-postgres.ts";
import { examineDatabase } from "../src/doctor/database.ts";
import { createDatabase, type TestDatabase } from "./database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
  // Says of itself that it is older, to whoever connects from here on.
  await database.look(`
    CREATE SCHEMA older;
    GRANT USAGE ON SCHEMA older TO PUBLIC;
    CREATE FUNCTION older.current_setting(name text) RETURNS text LANGUAGE sql AS $$
      SELECT CASE name WHEN 'server_version' THEN '15.8' WHEN 'server_version_num' THEN '150008' ELSE pg_catalog.current_setting(name) END
    $$;
    DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = older, pg_catalog, public', current_database()); END $$`);
});
afterAll(() => database?.drop());

const WHY = "PostgreSQL is 15.8, and Dealscope needs 16 or newer: upgrade it first.";

test("a PostgreSQL that is too old is told by its version before anything is migrated", async () => {
  await expect(migrate(database.ownerUrl, database.appUrl)).rejects.toThrow(WHY);
});

test("the doctor says the same and asks it nothing else", async () => {
  const urls = { DATABASE_URL: database.appUrl, MIGRATION_DATABASE_URL: database.ownerUrl, DATABASE_POOL: 10 };
  expect(await examineDatabase(urls)).toEqual([{ about: "database", state: "fault", says: WHY }]);
});

test("the documents name the oldest version", () => {
  const names = (file: string) =>
    readFileSync(join(import.meta.dirname, "../..", file), "utf8").includes(`PostgreSQL ${OLDEST_POSTGRES} or newer`);
  expect(["README.md", "docs/operations.md", "docs/upgrading.md"].filter((file) => !names(file))).toEqual([]);
});
