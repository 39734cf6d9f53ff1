import type { StageRef } from "@dealscope/shared/stage-ref";
import type { Tx } from "../../database/tenancy.ts";
import { isSame, type Rules } from "./course.ts";

/** A move that was told of. */
export interface Hop {
  /** In the order of being told, which need not be that of the moves. */
  ordinal: number;
  from: StageRef;
  to: StageRef;
}

/** Moves of a deal that were told after the one with this ordinal, in the order in which they happened as far as is known. */
export async function readHops(tx: Tx, leadId: number, after: number): Promise<Hop[]> {
  return tx.query(
    `SELECT ordinal, json_build_object('pipelineId', from_pipeline_id, 'statusId', from_status_id) AS from,
            json_build_object('pipelineId', to_pipeline_id, 'statusId', to_status_id) AS to
       FROM stage_change WHERE lead_id = $1 AND ordinal > $2 AND from_status_id IS NOT NULL ORDER BY at, ordinal`,
    [leadId, after],
  );
}

/**
 * How far a deal had rightfully come before it was moved to where it is now. Bots and people in a hurry move on before anybody has
 * looked; what they were allowed to do by then is not undone with what they were not.
 */
export function walk(place: StageRef, now: StageRef, hops: readonly Hop[], { judge }: Pick<Rules, "judge">): StageRef {
  if (isSame(place, now)) return place;
  const left = hops.filter(({ to }) => !isSame(to, now));
  let at = place;
  for (;;) {
    const next = left.findIndex(({ from }) => isSame(from, at));
    if (next < 0) return at;
    const [hop] = left.splice(next, 1);
    if (hop && judge(hop.from, hop.to).length === 0) at = hop.to;
  }
}

/** Whether moves that were told of lead from one stage to the other, whatever rules say of them. */
export function leadTo(from: StageRef, to: StageRef, hops: readonly Hop[]): boolean {
  const reached = [from];
  for (const stage of reached) {
    if (isSame(stage, to)) return true;
    const next = hops.filter((hop) => isSame(hop.from, stage)).map((hop) => hop.to);
    reached.push(...next.filter((there) => !reached.some((known) => isSame(known, there))));
  }
  return false;
}

/** What lies behind a deal that stands here: the newest move hither, and all that were told before it. */
export function seenBy(now: StageRef, hops: readonly Hop[]): number | undefined {
  return hops.findLast(({ to }) => isSame(to, now))?.ordinal;
}
