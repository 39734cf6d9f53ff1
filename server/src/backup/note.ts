import { createHmac } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { isSameBytes } from "../same-bytes.ts";

/** What lies beside the rows of a backup and says what they are. */
const note = z.object({
  format: z.literal(1),
  takenAt: z.iso.datetime(),
  /** Of the database at that time, in their order: the tables are made by them. */
  migrations: z.array(z.string()).min(1),
  /** Parents before their children. */
  tables: z.array(
    z.object({ name: z.string(), columns: z.array(z.string()).min(1), rows: z.number().int(), sha256: z.string() }),
  ),
  /** How far each sequence was; the rows do not tell it, because the last ones may have been deleted. */
  sequences: z.array(z.object({ name: z.string(), last: z.number().int() })),
  /** Of all above. Who has no key of the server's cannot have written it, nor changed a row since. */
  signature: z.string().optional(),
});
export type BackupNote = z.output<typeof note>;

const FILE = "backup.json";

/** Readable for whom it belongs to: names, addresses and words of people are in it. */
export const PRIVATE = 0o600;

export function rowsFile(dir: string, table: string): string {
  return join(dir, `${table}.copy.gz`);
}

/** @param key of the server's, made from SECRET_KEYS for this purpose */
export async function writeNote(dir: string, content: BackupNote, key: Buffer) {
  const signed = { ...content, signature: signatureOf(content, key).toString("base64") };
  await writeFile(join(dir, FILE), `${JSON.stringify(signed, null, 2)}\n`, { mode: PRIVATE });
}

/** @throws when none of these keys has signed it */
export function refuseUnsigned(content: BackupNote, keys: readonly Buffer[]) {
  const given = Buffer.from(content.signature ?? "", "base64");
  const isOurs = keys.some((key) => isSameBytes(signatureOf(content, key), given));
  if (!isOurs)
    throw new Error(
      "No key of SECRET_KEYS has signed this backup: somebody else wrote or changed it, or the key was taken out since. If you know where it comes from, say --unsigned.",
    );
}

/** Of the parts in the order in which they stand above, however the file has them. */
function signatureOf(content: BackupNote, key: Buffer): Buffer {
  const { signature: _, ...parts } = note.parse(content);
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest();
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
