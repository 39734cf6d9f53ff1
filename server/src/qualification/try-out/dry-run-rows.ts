import type { ManualReason, PromptVersionContent, Verdict } from "@dealscope/shared/qualification";
import type { DryRun } from "@dealscope/shared/try-out";
import type { Tx } from "../../database/tenancy.ts";
import { triedVerdict } from "./tried-verdict.ts";

/** So many runs of an account are kept. */
export const KEPT_RUNS = 5;

export interface DryRunRow {
  id: number;
  content: PromptVersionContent;
  wanted: number;
  created_by: string;
  created_at: Date;
  ended_at: Date | null;
  waiting_for: string | null;
  leads: {
    lead_id: number;
    name: string;
    state: "waiting" | "judged" | "failed" | "gone";
    reason: ManualReason | null;
    detail: Verdict | null;
    cost_micros: number;
  }[];
}

export async function findDryRuns(tx: Tx, id?: number): Promise<DryRunRow[]> {
  return tx.query(
    `SELECT r.*,
            (SELECT coalesce(jsonb_agg(l ORDER BY l.place), '[]') FROM dry_run_lead l WHERE l.dry_run_id = r.id) AS leads,
            (SELECT last_error FROM work w
              WHERE w.kind = 'dry-run' AND w.subject = r.id AND w.state = 'open' AND w.waits > 0 AND w.last_error <> '')
              AS waiting_for
       FROM dry_run r WHERE $1::int IS NULL OR r.id = $1 ORDER BY r.id DESC LIMIT ${KEPT_RUNS}`,
    [id ?? null],
  );
}

export function showDryRun(row: DryRunRow): DryRun {
  return {
    id: row.id,
    state: row.ended_at ? "done" : "running",
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    leads: row.leads.map(({ lead_id, name, state, reason, detail, cost_micros }) => ({
      leadId: lead_id,
      ...{ name, state, reason },
      verdict: detail && triedVerdict(detail, row.content),
      rule: detail?.rule ?? null,
      costMicros: cost_micros,
    })),
    costMicros: row.leads.reduce((sum, lead) => sum + lead.cost_micros, 0),
    waitingFor: row.ended_at ? null : row.waiting_for,
  };
}
