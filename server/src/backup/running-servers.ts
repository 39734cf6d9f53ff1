import { SERVER_CONNECTIONS } from "../database/data-source.ts";
import { asOwner } from "./as-owner.ts";

/**
 * A server that runs while rows are loaded and marked would do once more what it does not know to be in doubt.
 * @throws when one is connected to this database
 */
export async function refuseRunningServers(ownerUrl: string) {
  await asOwner(ownerUrl, "dealscope restore", async (client) => {
    const { rows } = await client.query<{ connections: number; pids: string; addresses: string[] }>(
      `SELECT count(*)::int AS connections, coalesce(string_agg(pid::text, ', ' ORDER BY pid), '') AS pids,
              coalesce(array_agg(DISTINCT host(client_addr)) FILTER (WHERE client_addr IS NOT NULL), '{}') AS addresses
         FROM pg_stat_activity WHERE datname = current_database() AND application_name = ANY($1)`,
      [Object.values(SERVER_CONNECTIONS)],
    );
    const { connections, pids, addresses } = rows[0]!;
    if (connections === 0) return;
    const from = addresses.length > 0 ? ` from ${addresses.join(", ")}` : "";
    throw new Error(
      `servers run on this database (connections: ${connections}${from}): stop every process of start first, with Compose by docker compose stop web worker. Those whose machine has died are ended by SELECT pg_terminate_backend(pid) of ${pids}.`,
    );
  });
}
