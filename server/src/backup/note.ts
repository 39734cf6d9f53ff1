import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What lies beside the rows of a backup and says what they are. */
const note = z.object({
  format: z.literal(1),
  takenAt: z.iso.datetime(),
  /** Of the database at that time, in their order: the tables are made by them. */
  migrations: z.array(z.string()).min(1),
  /** Parents before their children. */
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()).min(1), rows: z.number().int() })),
  /** How far each sequence was; the rows do not tell it, because the last ones may have been deleted. */
  sequences: z.array(z.object({ name: z.string(), last: z.number().int() })),
});
export type BackupNote = z.output<typeof note>;

const FILE = "backup.json";

/** Readable for whom it belongs to: names, addresses and words of people are in it. */
export const PRIVATE = 0o600;

export function rowsFile(dir: string, table: string): string {
  return join(dir, `${table}.copy.gz`);
}

export async function writeNote(dir: string, content: BackupNote) {
  await writeFile(join(dir, FILE), `${JSON.stringify(content, null, 2)}\n`, { mode: PRIVATE });
}

/** @throws when there is no backup in this folder that this version can read */
export async function readNote(dir: string): Promise<BackupNote> {
  const file = await readFile(join(dir, FILE), "utf8").catch(() => {
    throw new Error(`There is no backup in ${dir}: it would hold a file ${FILE}.`);
  });
  const { data, success } = note.safeParse(JSON.parse(file));
  if (!success) throw new Error(`${join(dir, FILE)} is not of this version: restore with the version that wrote it.`);
  return data;
}
