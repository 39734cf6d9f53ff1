import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Client } from "pg";
import { to } from "pg-copy-streams";
import { asOwner } from "./as-owner.ts";
import { hashed } from "./hashed.ts";
import { type BackupNote, PRIVATE, rowsFile, writeNote } from "./note.ts";
import { copy, type Table, tablesOf } from "./tables.ts";

const BOUND_BY_RLS = "42501";

/**
 * Writes every row as it is at one moment into a new folder, while the server goes on. The folder gets its name when it is
 * whole, so half a backup is not taken for one.
 * @param ownerUrl a login that sees the rows of every account
 * @param key by which a restore knows that it was written here
 */
export async function takeBackup(ownerUrl: string, dir: string, key: Buffer): Promise<BackupNote> {
  const unfinished = `${dir}.unfinished`;
  return asOwner(ownerUrl, "dealscope backup", async (client) => {
    await begin(unfinished);
    try {
      const note = await write(client, unfinished);
      await writeNote(unfinished, note, key);
      await rename(unfinished, dir);
      return note;
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      throw explained(error);
    }
  });
}

async function begin(unfinished: string) {
  await mkdir(unfinished, { mode: 0o700 }).catch((error: Error & { code?: string }) => {
    if (error.code !== "EEXIST") throw error;
    throw new Error(
      `${unfinished} is there already: another backup is being written, or was broken off and can be deleted.`,
    );
  });
}

async function write(client: Client, dir: string): Promise<BackupNote> {
  await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  // Rows of accounts that this login may not see are a fault and not left out.
  await client.query("SET LOCAL row_security = off");
  // By the clock of what is written down, from when the rows are seen: what comes after is not in it.
  const [{ at }] = (await client.query<{ at: Date }>("SELECT now() AS at")).rows as [{ at: Date }];
  const migrations = await client.query<{ name: string }>("SELECT name FROM migrations ORDER BY id");
  const tables: BackupNote["tables"] = [];
  for (const table of await tablesOf(client)) {
    tables.push({ ...table, ...(await writeRows(client, table, rowsFile(dir, table.name))) });
  }
  // They are ahead of the rows, never behind.
  const sequences = await client.query<{ name: string; last: number }>(
    "SELECT sequencename AS name, last_value::float8 AS last FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL ORDER BY 1",
  );
  await client.query("COMMIT");
  return {
    format: 1,
    takenAt: at.toISOString(),
    migrations: migrations.rows.map(({ name }) => name),
    tables,
    sequences: sequences.rows,
  };
}

async function writeRows(client: Client, table: Table, file: string): Promise<{ rows: number; sha256: string }> {
  const rows = client.query(to(`${copy(client, table)} TO STDOUT`));
  const hash = createHash("sha256");
  await pipeline(rows, createGzip(), hashed(hash), createWriteStream(file, { flags: "wx", mode: PRIVATE }));
  return { rows: rows.rowCount, sha256: hash.digest("base64") };
}

function explained(error: unknown): unknown {
  if (!(error instanceof Error && "code" in error && error.code === BOUND_BY_RLS)) return error;
  return new Error(
    'The login in MIGRATION_DATABASE_URL does not see every account: let it by ALTER ROLE "…" BYPASSRLS, or name a superuser there for the backup.',
  );
}
