import { Client } from "pg";

/**
 * Runs what needs a connection of its own as the owner of the tables.
 * @param name what the connection is called in pg_stat_activity
 */
export async function asOwner<T>(
  ownerUrl: string,
  name: "dealscope backup" | "dealscope restore",
  run: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: ownerUrl, application_name: name, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
