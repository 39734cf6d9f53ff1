import type { Connection } from "@dealscope/shared/customerio";
import type { ConnectionRow, readStanding } from "./connection-rows.ts";

const iso = (time: Date | null) => time?.toISOString() ?? null;

export function toConnection(
  row: ConnectionRow,
  webhookUrl: string,
  standing: Awaited<ReturnType<typeof readStanding>>,
): Connection {
  return {
    siteId: row.site_id,
    hasAppKey: row.app_key_sealed !== null,
    hasSigningKey: row.signing_key_sealed !== null,
    region: row.region,
    environmentId: row.environment_id,
    isShared: standing.is_shared,
    webhookUrl,
    webhook: {
      state: row.last_signed_at ? "heard" : row.webhook_id === null ? "none" : "made",
      lastHeardAt: iso(row.last_heard_at),
      lastSignedAt: iso(row.last_signed_at),
      lastRefusedAt: iso(row.last_refused_at),
      refused: row.refused,
      refusal: row.refused > 0 ? row.refusal : null,
      mode: modeOf(row, standing.tells_all),
    },
    sending: {
      problem: row.problem,
      lastSentAt: iso(row.last_sent_at),
      waiting: standing.waiting,
      stuck: standing.stuck,
    },
    checkedAt: iso(row.checked_at),
  };
}

/** What Customer.io says of the webhook; where we may not ask, what was seen. */
function modeOf({ sends_all }: ConnectionRow, tellsAll: boolean): Connection["webhook"]["mode"] {
  if (sends_all === null) return tellsAll ? "all" : null;
  return sends_all ? "all" : "first";
}
