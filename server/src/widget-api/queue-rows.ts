import type { QueueLead } from "@dealscope/shared/queue";
import type { Tx } from "../database/tenancy.ts";
import { type Rep, visibleTo } from "./rights.ts";
import type { RankedSegments } from "./segments.ts";

interface LeadRow {
  id: number;
  name: string;
  segment: string | null;
  score: number | null;
  next_action: string | null;
  responsible_user_id: number | null;
  waiting_since: Date | null;
}

const OPEN = "l.closed_at IS NULL AND l.gone IS NULL";
/** The first message that is not answered yet; before any conversation, the lead itself. Nothing when all is answered. */
const WAITING_SINCE = "coalesce(l.unanswered_at, CASE WHEN l.answered_at IS NULL THEN l.kommo_created_at END)";
const COLUMNS = `l.lead_id AS id, l.name, l.segment, l.score, v.next_action, l.responsible_user_id,
                 ${WAITING_SINCE} AS waiting_since`;

export interface Wish {
  mine: boolean;
  limit: number;
  offset?: number;
  /** A lead to leave out. */
  without?: number;
}

/**
 * Open leads the rep may see, best segment first. Each segment is read from its index in the order wanted and no
 * further than needed, so the cost follows the page and not the number of leads.
 */
export async function rankedLeads(tx: Tx, rep: Rep, segments: RankedSegments, wish: Wish): Promise<QueueLead[]> {
  const { values, place } = placeholders();
  const { limit, offset = 0 } = wish;
  const rows: LeadRow[] = await tx.query(
    `SELECT ${COLUMNS}
       FROM unnest(${place(segments.keys)}::text[]) WITH ORDINALITY AS s (segment, place)
      CROSS JOIN LATERAL (
        SELECT l.* FROM lead l
         WHERE l.segment = s.segment AND ${OPEN} AND l.lead_id IS DISTINCT FROM ${place(wish.without ?? null)}::bigint
           AND ${whose(rep, wish.mine, place)}
         ORDER BY l.score DESC NULLS LAST, ${WAITING_SINCE}, l.lead_id LIMIT ${place(limit + offset)}) l
       LEFT JOIN verdict v ON v.id = l.verdict_id
      ORDER BY s.place, l.score DESC NULLS LAST, waiting_since, l.lead_id LIMIT ${place(limit)} OFFSET ${place(offset)}`,
    values,
  );
  return rows.map((row) => toQueueLead(row, segments));
}

/** Open leads that a verdict could not put into a segment, with this status; longest waiting first. */
export async function unrankedLeads(
  tx: Tx,
  rep: Rep,
  segments: RankedSegments,
  status: "needs_manual" | "not_enough",
  wish: Wish,
): Promise<QueueLead[]> {
  const { values, place } = placeholders();
  const rows: LeadRow[] = await tx.query(
    `SELECT ${COLUMNS}
       FROM lead l JOIN verdict v ON v.id = l.verdict_id
      WHERE l.segment IS NULL AND l.verdict_id IS NOT NULL AND ${OPEN} AND v.status = ${place(status)}
        AND ${whose(rep, wish.mine, place)}
      ORDER BY waiting_since, l.lead_id LIMIT ${place(wish.limit)}`,
    values,
  );
  return rows.map((row) => toQueueLead(row, segments));
}

function whose(rep: Rep, mine: boolean, place: (value: unknown) => string): string {
  const visible = visibleTo(rep, place);
  return mine ? `l.responsible_user_id = ${place(rep.userId)}::bigint AND ${visible}` : visible;
}

function placeholders() {
  const values: unknown[] = [];
  return { values, place: (value: unknown) => `$${values.push(value)}` };
}

function toQueueLead(row: LeadRow, segments: RankedSegments): QueueLead {
  return {
    id: row.id,
    name: row.name,
    segment: segments.named(row.segment),
    score: row.score,
    nextAction: row.next_action ?? "",
    responsibleUserId: row.responsible_user_id,
    waitingSince: row.waiting_since?.toISOString() ?? null,
  };
}
