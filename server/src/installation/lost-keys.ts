import pg from "pg";
import type { Config } from "../config.ts";
import { Sealing, SecretUnreadable } from "./sealing.ts";

/**
 * With a key lost or mistyped every account would seem to stand still for reasons of its own, so the start tells it.
 * @throws when something in the database was sealed with a key that SECRET_KEYS does not have
 */
export async function refuseLostKeys(config: Pick<Config, "DATABASE_URL" | "SECRET_KEYS">) {
  const app = new pg.Client({ connectionString: config.DATABASE_URL, connectionTimeoutMillis: 10_000 });
  await app.connect();
  try {
    const sealing = new Sealing(config);
    const { rows } = await app.query<{ sealed: string }>("SELECT sealed FROM sealed_samples()");
    const lost = rows.flatMap(({ sealed }) => unreadable(sealing, sealed));
    if (lost.length === 0) return;
    throw new Error(
      `SECRET_KEYS cannot open what was sealed with ${lost.map((id) => `"${id}"`).join(" and ")}. Put the key of that name back, exactly as it was.`,
    );
  } finally {
    await app.end();
  }
}

function unreadable(sealing: Sealing, sealed: string): string[] {
  try {
    sealing.open(sealed);
    return [];
  } catch (error) {
    if (error instanceof SecretUnreadable) return [error.keyId];
    throw error;
  }
}
