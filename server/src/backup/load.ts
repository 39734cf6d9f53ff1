import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { Client } from "pg";
import { from } from "pg-copy-streams";
import { connectAsOwner, migrationsUpTo } from "../database/data-source.ts";
import { refuseOldPostgres } from "../database/oldest-postgres.ts";
import { asOwner } from "./as-owner.ts";
import { hashed } from "./hashed.ts";
import { type BackupNote, readNote, refuseUnsigned, rowsFile } from "./note.ts";
import { copy, type Table, tablesOf } from "./tables.ts";
import { unforced } from "./unforced.ts";

/** Whoever knows where it lies says how to get another one. */
export class DatabaseNotEmpty extends Error {
  constructor() {
    super("The database in MIGRATION_DATABASE_URL is not empty: make a new one, and name it in both addresses.");
  }
}

/**
 * Makes the tables as they were and fills them. Afterwards the database is as it was, and it is not known to it that it was
 * restored: that is for `markRestored`.
 * @param keys of the server's; without them whoever has written the backup is believed
 * @throws when the database is not empty, or the backup is of a newer version or of somebody else
 */
export async function loadBackup(ownerUrl: string, dir: string, keys?: readonly Buffer[]): Promise<BackupNote> {
  const note = await readNote(dir);
  if (keys) refuseUnsigned(note, keys);
  await makeTables(ownerUrl, note);
  await asOwner(ownerUrl, "dealscope restore", async (client) => {
    await refuseOtherTables(client, note);
    await unforced(
      client,
      note.tables.map(({ name }) => name),
      () => fill(client, note, dir),
    );
  });
  return note;
}

async function makeTables(ownerUrl: string, { migrations }: BackupNote) {
  const owner = await connectAsOwner(ownerUrl, { only: migrations }).initialize();
  try {
    await refuseOldPostgres(owner);
    const known = new Set(owner.migrations.map((one) => one.constructor.name));
    const unknown = migrations.filter((name) => !known.has(name));
    if (unknown.length > 0)
      throw new Error(`The backup was made by a newer version (${unknown.at(-1)}): restore it with that version.`);
    if (migrations.join() !== migrationsUpTo(migrations.at(-1)!).join())
      throw new Error("The backup is not whole: it lacks migrations that came before its last one.");
    const [{ there }] = await owner.query("SELECT to_regclass('public.migrations') IS NOT NULL AS there");
    if (there) throw new DatabaseNotEmpty();
    await owner.runMigrations();
  } finally {
    await owner.destroy();
  }
}

/** What a folder says of itself is believed as far as it fits the tables that its migrations have made. */
async function refuseOtherTables(client: Client, { tables }: BackupNote) {
  const ours = await tablesOf(client);
  const shape = (list: readonly Table[]) => new Map(list.map(({ name, columns }) => [name, columns.join()]));
  const [said, made] = [shape(tables), shape(ours)];
  const odd = [...said.keys(), ...made.keys()].find((name) => said.get(name) !== made.get(name));
  if (odd) throw new Error(`The backup is not whole: of ${odd} it does not have what its migrations have made.`);
}

/** Rows are as triggers have left them, so none is asked again. */
async function fill(client: Client, { tables, sequences }: BackupNote, dir: string) {
  const named = tables.map(({ name }) => client.escapeIdentifier(name));
  // Migrations have put rows into some of them.
  await client.query(`TRUNCATE ${named.join(", ")}`);
  for (const table of tables) {
    const name = client.escapeIdentifier(table.name);
    await client.query(`ALTER TABLE ${name} DISABLE TRIGGER USER`);
    const rows = client.query(from(`${copy(client, table)} FROM STDIN`));
    const hash = createHash("sha256");
    await pipeline(createReadStream(rowsFile(dir, table.name)), hashed(hash), createGunzip(), rows);
    await client.query(`ALTER TABLE ${name} ENABLE TRIGGER USER`);
    if (rows.rowCount !== table.rows)
      throw new Error(
        `The backup has ${rows.rowCount} rows of ${table.name}, and had ${table.rows} when it was written.`,
      );
    if (hash.digest("base64") !== table.sha256)
      throw new Error(`The rows of ${table.name} are not those of the backup: they were changed since it was written.`);
  }
  for (const { name, last } of sequences) {
    await client.query("SELECT setval($1::regclass, $2)", [`public.${client.escapeIdentifier(name)}`, last]);
  }
}
