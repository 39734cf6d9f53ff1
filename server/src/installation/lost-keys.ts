import pg from "pg";
import type { Config } from "../config.ts";
import { Sealing, SecretUnreadable } from "./sealing.ts";

/** Of one key: how many secrets are sealed with it, and whether SECRET_KEYS can open them. */
export interface KeyInUse {
  id: string;
  secrets: number;
  opens: boolean;
}

/**
 * With a key lost or mistyped every account would seem to stand still for reasons of its own, so the start tells it.
 * @throws when something in the database was sealed with a key that SECRET_KEYS does not have
 */
export async function refuseLostKeys(config: Pick<Config, "DATABASE_URL" | "SECRET_KEYS">) {
  const lost = (await keysInUse(config)).filter(({ opens }) => !opens);
  if (lost.length > 0) throw new Error(`SECRET_KEYS cannot open ${sealedWith(lost)}`);
}

/** What is to be done about keys that are not there, said behind "SECRET_KEYS cannot open". */
export function sealedWith(lost: readonly KeyInUse[]): string {
  return `what was sealed with ${lost.map(({ id }) => `"${id}"`).join(" and ")}. Put the key of that name back, exactly as it was.`;
}

/** The keys that something in the database is sealed with. */
export async function keysInUse(config: Pick<Config, "DATABASE_URL" | "SECRET_KEYS">): Promise<KeyInUse[]> {
  const app = new pg.Client({ connectionString: config.DATABASE_URL, connectionTimeoutMillis: 10_000 });
  await app.connect();
  try {
    const sealing = new Sealing(config);
    const { rows } = await app.query<{ key_id: string; secrets: number; sample: string }>(
      "SELECT * FROM sealed_with()",
    );
    return rows.map(({ key_id, secrets, sample }) => ({ id: key_id, secrets, opens: opens(sealing, sample) }));
  } finally {
    await app.end();
  }
}

function opens(sealing: Sealing, sealed: string): boolean {
  try {
    sealing.open(sealed);
    return true;
  } catch (error) {
    if (error instanceof SecretUnreadable) return false;
    throw error;
  }
}
