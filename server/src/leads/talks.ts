import type { Tx } from "../database/tenancy.ts";
import type { KommoEvent } from "../webhooks/events.ts";
import { noteWaiting } from "./lead-rows.ts";

/**
 * Which deal a conversation belongs to may become known after its first words: those are the deal's from then on.
 * Conversations that began since we are connected are remembered; of any other there are words that nobody told us.
 * The deals are locked by the caller.
 */
export async function hearTalks(tx: Tx, events: readonly KommoEvent[]) {
  const started = new Map<number, Date>();
  const leadOf = new Map<number, number>();
  for (const event of events) {
    if (!("talkId" in event) || event.talkId === undefined) continue;
    if (event.leadId !== undefined) leadOf.set(event.talkId, event.leadId);
    if (event.type === "talk.changed" && event.startedAt) started.set(event.talkId, event.startedAt);
  }
  if (started.size > 0) {
    await tx.query(
      `INSERT INTO heard_talk (account_id, talk_id)
       SELECT account_id, t.id FROM account, unnest($1::bigint[], $2::timestamptz[]) AS t (id, started_at)
        WHERE t.started_at >= connected_at ORDER BY t.id ON CONFLICT DO NOTHING`,
      [[...started.keys()], [...started.values()]],
    );
  }
  if (leadOf.size === 0) return;
  const [joined]: [{ leadId: number }[]] = await tx.query(
    `UPDATE message m SET lead_id = t.lead_id FROM unnest($1::bigint[], $2::bigint[]) AS t (id, lead_id)
      WHERE m.talk_id = t.id AND m.lead_id IS NULL RETURNING m.lead_id AS "leadId"`,
    [[...leadOf.keys()], [...leadOf.values()]],
  );
  await noteWaiting(
    tx,
    joined.map((message) => message.leadId),
  );
}
