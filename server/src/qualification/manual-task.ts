import type { Verdict } from "@dealscope/shared/qualification";
import type { Tx } from "../database/tenancy.ts";
import { markerFor } from "../write-back/marker.ts";
import type { NewWrite } from "../write-back/write-row.ts";

const DUE_MINUTES = 60;

/** A lead for whom somebody is to do something. */
export interface TaskLead {
  id: number;
  responsible_user_id?: number | null | undefined;
}

/** What a person is to do with a lead that is handed over. */
export function manualTask({ nextAction, summary }: Verdict): { text: string; minutes: number } {
  return { text: `${nextAction} ${summary}`, minutes: DUE_MINUTES };
}

/** The task for a verdict that hands the lead to a person. */
export function manualTaskWrite(accountId: number, lead: TaskLead, verdict: Verdict, verdictId: number): NewWrite {
  const { text, minutes } = manualTask(verdict);
  return {
    leadId: lead.id,
    origin: "qualification",
    target: "task",
    marker: markerOf(accountId, lead.id, verdictId),
    body: {
      text,
      completeTill: Math.floor(Date.now() / 1000) + minutes * 60,
      ...(lead.responsible_user_id ? { responsibleUserId: lead.responsible_user_id } : {}),
    },
  };
}

/** Closes the lead's task, if it has one, because somebody has spoken. `before` is the id of a verdict, if one has. */
export async function manualTaskDone(
  tx: Tx,
  accountId: number,
  leadId: number,
  result: string,
  before?: number,
): Promise<NewWrite | undefined> {
  const marker = await openManualTask(tx, accountId, leadId, before);
  if (marker === undefined) return undefined;
  return { leadId, origin: "qualification", target: "task_done", body: { marker, result } };
}

/**
 * The mark of the task that a lead has for the time it has needed a person: since the last verdict before `before` that said
 * something, and since the last word of a person. What came before has closed its task.
 */
export async function openManualTask(
  tx: Tx,
  accountId: number,
  leadId: number,
  before?: number,
): Promise<string | undefined> {
  const verdicts: { id: number }[] = await tx.query(
    `SELECT id FROM verdict v
      WHERE lead_id = $1 AND status = 'needs_manual' AND ($2::bigint IS NULL OR id < $2)
        AND NOT EXISTS (SELECT FROM verdict said WHERE said.lead_id = $1 AND said.status <> 'needs_manual'
                           AND said.id > v.id AND ($2::bigint IS NULL OR said.id < $2))
        AND NOT EXISTS (SELECT FROM override o WHERE o.lead_id = $1 AND o.kind = 'set' AND o.verdict_id >= v.id)`,
    [leadId, before ?? null],
  );
  const [made] = await tx.query(
    "SELECT marker FROM write WHERE marker = ANY($1) AND target = 'task' ORDER BY id DESC LIMIT 1",
    [verdicts.map(({ id }) => markerOf(accountId, leadId, id))],
  );
  return made?.marker;
}

const markerOf = (accountId: number, leadId: number, verdictId: number) =>
  markerFor(accountId, "qualify by hand", leadId, verdictId);
