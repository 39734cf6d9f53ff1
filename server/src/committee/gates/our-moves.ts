import type { Tx } from "../../database/tenancy.ts";
import { isSameMove, type LastMove, type OurMove } from "./course.ts";

/** The newest of our moves of a deal, and how often Kommo has refused the very same in a row. */
export interface TriedMove extends LastMove {
  /** Whether it was we who moved the deal, and nobody before us. */
  hasMoved: boolean;
  refusals: number;
  /** What Kommo has said to it last. */
  refusal: string | null;
  endedMsAgo: number;
}

interface MoveRow extends LastMove {
  outcome: string | null;
  hasMoved: boolean;
  endedMsAgo: number;
}

/** So many refusals in a row are counted. */
const COUNTED = 10;
const NEXT_SECOND_MS = 1_500;
const PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 3_600_000;

export async function readLastMove(tx: Tx, leadId: number): Promise<TriedMove | null> {
  // Whose answer was lost, or was heard by nobody, is found where it belongs when it is sent again. What an account took with it was
  // not refused.
  const rows: MoveRow[] = await tx.query(
    `SELECT body->'stage' AS "to", expect->'stage' AS "from", outcome,
            CASE WHEN outcome = 'uninstalled' THEN 'superseded' ELSE state END AS state,
            state = 'sent' AND (outcome LIKE 'sent%' OR waits > 0 OR left_at IS NOT NULL) AS "hasMoved",
            coalesce(extract(epoch FROM app_now() - ended_at) * 1000, 0)::float8 AS "endedMsAgo"
       FROM write WHERE lead_id = $1 AND origin = 'gate' AND target = 'lead' AND body ? 'stage'
      ORDER BY seq DESC LIMIT ${COUNTED}`,
    [leadId],
  );
  const [last] = rows;
  if (!last) return null;
  const ended = rows.filter(({ state }) => state !== "due");
  const other = ended.findIndex((row) => row.state !== "dead" || !isSameMove(row, last));
  const refused = other < 0 ? ended : ended.slice(0, other);
  return { ...last, refusals: refused.length, refusal: refused[0]?.outcome ?? null };
}

/** How long a move is still not asked for again that Kommo has refused: 30 s, doubling to an hour. */
export function pauseBefore(move: OurMove, last: TriedMove | null): number {
  if (last?.state !== "dead" || !isSameMove(last, move)) return 0;
  const pause = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (last.refusals - 1));
  return Math.max(0, pause - last.endedMsAgo);
}

/**
 * How long after a move of ours a deal still has to be looked at once more: dragged again within a second, it is told of in
 * the same words, which are taken for a repetition.
 */
export function settlesIn(last: TriedMove | null): number {
  return last?.state === "sent" ? Math.max(0, NEXT_SECOND_MS - last.endedMsAgo) : 0;
}

/** What Kommo has said to the move that has to be made now, or is under way. */
export function refusalOf(move: OurMove | null, last: TriedMove | null): string | null {
  const wished = move ?? (last?.state === "due" ? last : null);
  return wished && last && isSameMove(wished, last) ? last.refusal : null;
}

/** Whether a move of ours has been written, or given up, since then. */
export async function hasMovedSince(tx: Tx, leadId: number, since: Date): Promise<boolean> {
  const [row] = await tx.query(
    `SELECT EXISTS (SELECT FROM write WHERE lead_id = $1 AND origin = 'gate' AND target = 'lead' AND body ? 'stage'
                       AND ended_at >= $2) AS has`,
    [leadId, since],
  );
  return row.has;
}
