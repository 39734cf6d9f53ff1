import type { Pending } from "@dealscope/shared/card";

/** What is asked of a lead's row of work; a `SELECT` list. */
export const PENDING_COLUMNS = `state, due_at, attempts, waits, last_error, detail->>'askedBy' AS asked_by,
                                leased_until > app_now() AS is_running`;

export interface PendingRow {
  state: "open" | "dead";
  due_at: string | Date;
  attempts: number;
  waits: number;
  last_error: string | null;
  asked_by: string | null;
  is_running: boolean | null;
}

export function toPending(row: PendingRow): Pending {
  return {
    state: row.state === "dead" ? "stuck" : row.is_running ? "running" : "waiting",
    dueAt: new Date(row.due_at).toISOString(),
    askedBy: row.asked_by,
    attempts: row.attempts,
    waits: row.waits,
    lastError: row.last_error,
  };
}
