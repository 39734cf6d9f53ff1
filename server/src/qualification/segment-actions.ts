import type { Assignment, SegmentAction } from "@dealscope/shared/settings";
import { latch } from "../database/latch.ts";
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
  const assignee = action.assign ? await assigneeOf(tx, accountId, segment, action.assign, "take") : undefined;
  if (assignee !== undefined) {
    writes.push({
      ...common,
      target: "lead",
      body: { responsibleUserId: assignee },
      ...(lead.responsible_user_id ? { expect: { responsibleUserId: lead.responsible_user_id } } : {}),
    });
  }
  // A row of its own: a person who moves the deal meanwhile says nothing about whose it should be.
  const isThere = action.moveTo?.pipelineId === lead.pipeline_id && action.moveTo.statusId === lead.status_id;
  if (action.moveTo && !isThere) {
    const stage = { pipelineId: lead.pipeline_id, statusId: lead.status_id };
    writes.push({ ...common, target: "lead", body: { stage: action.moveTo }, expect: { stage } });
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

/**
 * Notes that a lead was put into a segment for all to see; what was kept without being shown (a dry run, a rep's lock)
 * does not count, nor does a pause (a cap, an outage) in between.
 * @returns whether it was in another one before
 */
export async function enters(tx: Tx, leadId: number, segment: string): Promise<boolean> {
  const [, changed] = await tx.query(
    "UPDATE lead SET entered_segment = $2 WHERE lead_id = $1 AND entered_segment IS DISTINCT FROM $2",
    [leadId, segment],
  );
  return changed > 0;
}

/** @param turn `take` uses up a turn of those who take turns; `look` only tells whose it is */
export async function assigneeOf(
  tx: Tx,
  accountId: number,
  segment: string,
  assignment: Assignment,
  turn: "take" | "look",
): Promise<number | undefined> {
  if (assignment.how === "fixed") return assignment.userId;
  const active: { user_id: number }[] = await tx.query(
    "SELECT user_id FROM kommo_user WHERE is_active AND user_id = ANY($1)",
    [assignment.userIds],
  );
  const there = new Set(active.map((user) => user.user_id));
  const candidates = assignment.userIds.filter((id) => there.has(id));
  if (candidates.length === 0) return undefined;
  if (assignment.how === "by_load") {
    // One at a time until the choice is committed, or a burst of leads would all be given to the same person.
    if (turn === "take") await latch(tx, accountId, "assignment");
    return leastBusy(tx, candidates);
  }
  if (turn === "look") {
    const [before] = await tx.query("SELECT taken FROM rotation WHERE segment = $1", [segment]);
    return candidates[(before?.taken ?? 0) % candidates.length];
  }
  const [row] = await tx.query(
    `INSERT INTO rotation AS r (account_id, segment, taken) VALUES ($1, $2, 1)
     ON CONFLICT (account_id, segment) DO UPDATE SET taken = r.taken + 1 RETURNING taken`,
    [accountId, segment],
  );
  return candidates[(row.taken - 1) % candidates.length];
}

/** With the fewest open leads, counting those that are about to be theirs. */
async function leastBusy(tx: Tx, candidates: readonly number[]): Promise<number> {
  const [least] = await tx.query(
    `WITH coming AS (
       SELECT DISTINCT ON (lead_id) lead_id, (body->>'responsibleUserId')::bigint AS user_id
         FROM write WHERE state = 'due' AND target = 'lead' AND body ? 'responsibleUserId' ORDER BY lead_id, seq DESC)
     SELECT u.id FROM unnest($1::bigint[]) WITH ORDINALITY AS u (id, place)
      ORDER BY (SELECT count(*) FROM coming c WHERE c.user_id = u.id)
             + (SELECT count(*) FROM lead l WHERE l.responsible_user_id = u.id AND l.closed_at IS NULL AND l.gone IS NULL
                   AND NOT EXISTS (SELECT FROM coming c WHERE c.lead_id = l.lead_id)), u.place LIMIT 1`,
    [candidates],
  );
  return least.id;
}
