import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { loadBackup } from "./load.ts";
import type { BackupNote } from "./note.ts";

/**
 * Restores a backup into a database of its own beside the other, and drops that again.
 * @param ownerUrl a login that may create databases
 * @param keys of the server's; without them whoever has written the backup is believed
 */
export async function tryBackup(ownerUrl: string, dir: string, keys?: readonly Buffer[]): Promise<BackupNote> {
  const name = `dealscope_try_${randomBytes(4).toString("hex")}`;
  const client = new Client({ connectionString: ownerUrl, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
    try {
      return await loadBackup(Object.assign(new URL(ownerUrl), { pathname: `/${name}` }).href, dir, keys);
    } finally {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}
