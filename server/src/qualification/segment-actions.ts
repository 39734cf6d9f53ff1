import type { Assignment, SegmentAction } from "@dealscope/shared/settings";
import type { Tx } from "../database/tenancy.ts";
import type { Lead } from "../kommo/resources.ts";
import { markerFor } from "../write-back/marker.ts";
import type { NewWrite } from "../write-back/write-row.ts";

/** What the admin wants done when a lead enters a segment, as write rows that expect what the decision saw. */
export async function segmentWrites(
  tx: Tx,
  accountId: number,
  lead: Lead,
  segment: string,
  action: SegmentAction,
  verdictId: number,
): Promise<NewWrite[]> {
  const writes: NewWrite[] = [];
  const common = { leadId: lead.id, origin: "qualification", workKind: "qualify" } as const;
  const assignee = action.assign ? await choose(tx, accountId, segment, action.assign) : undefined;
  const moves =
    action.moveTo && (action.moveTo.pipelineId !== lead.pipeline_id || action.moveTo.statusId !== lead.status_id);
  if (assignee !== undefined || moves) {
    writes.push({
      ...common,
      target: "lead",
      body: {
        ...(assignee === undefined ? {} : { responsibleUserId: assignee }),
        ...(moves && action.moveTo ? { stage: action.moveTo } : {}),
      },
      expect: {
        ...(lead.responsible_user_id ? { responsibleUserId: lead.responsible_user_id } : {}),
        stage: { pipelineId: lead.pipeline_id, statusId: lead.status_id },
      },
    });
  }
  if (action.task) {
    const responsibleUserId = assignee ?? lead.responsible_user_id ?? undefined;
    writes.push({
      ...common,
      target: "task",
      marker: markerFor(accountId, "segment task", lead.id, verdictId),
      body: {
        text: action.task.text,
        completeTill: Math.floor(Date.now() / 1000) + action.task.minutes * 60,
        ...(responsibleUserId === undefined ? {} : { responsibleUserId }),
      },
    });
  }
  return writes;
}

async function choose(tx: Tx, accountId: number, segment: string, assignment: Assignment): Promise<number | undefined> {
  if (assignment.how === "fixed") return assignment.userId;
  const active: { user_id: number }[] = await tx.query(
    "SELECT user_id FROM kommo_user WHERE is_active AND user_id = ANY($1)",
    [assignment.userIds],
  );
  const there = new Set(active.map((user) => user.user_id));
  const candidates = assignment.userIds.filter((id) => there.has(id));
  if (assignment.how === "by_load") {
    const [least] = await tx.query(
      `SELECT u.id FROM unnest($1::bigint[]) WITH ORDINALITY AS u (id, place)
         LEFT JOIN lead l ON l.responsible_user_id = u.id AND l.closed_at IS NULL AND l.gone IS NULL
        GROUP BY u.id, u.place ORDER BY count(l.lead_id), u.place LIMIT 1`,
      [candidates],
    );
    return least?.id;
  }
  if (candidates.length === 0) return undefined;
  const [row] = await tx.query(
    `INSERT INTO rotation AS r (account_id, segment, taken) VALUES ($1, $2, 1)
     ON CONFLICT (account_id, segment) DO UPDATE SET taken = r.taken + 1 RETURNING taken`,
    [accountId, segment],
  );
  return candidates[(row.taken - 1) % candidates.length];
}
