import type { Approval, Missing, PipelineGates, Role, StageRule } from "@dealscope/shared/committee";
import { LOST, type StageRef } from "@dealscope/shared/stage-ref";
import { coverage, wantedBy } from "../coverage.ts";

export interface Member {
  contactId: number;
  role: string | null;
  approval: Approval;
}

export interface Stage {
  id: number;
  /** Where leads wait that nobody has accepted yet. */
  incoming: boolean;
}

/** A move that somebody has made or wants, and all that decides whether it may be. */
export interface Question {
  /** For a deal that was lost, `from` is the last stage it stood in before. */
  move: { from: StageRef; to: StageRef };
  /** Of the pipeline that is entered. */
  order: Pick<PipelineGates, "noSkipping" | "noMovingBack">;
  /** Of the stage that is entered, if it has one. */
  rule: StageRule | undefined;
  /** Of the pipeline that is entered, in their order: won and lost last. */
  stages: readonly Stage[];
  members: readonly Member[];
  /** Custom fields of the lead that are not empty. */
  filled: ReadonlySet<number>;
  roles: readonly Pick<Role, "key" | "weight">[];
}

/** What keeps the deal from the move; nothing when it may be made. */
export function evaluate(question: Question): Missing[] {
  return [...missingOfOrder(question), ...missingOfRule(question)];
}

function missingOfOrder({ move, order, stages }: Question): Missing[] {
  const [from, to] = [placeOf(move.from), placeOf(move.to)];
  // A deal may be lost wherever it stands.
  if (from === undefined || to === undefined) return [];
  const isSamePipeline = move.from.pipelineId === move.to.pipelineId;
  if (isSamePipeline && to < from) return order.noMovingBack ? [{ kind: "moved_back" }] : [];
  // Whoever comes from outside begins at the beginning.
  const next = isSamePipeline ? from + 1 : 0;
  const skipped = inOrder(stages)[next];
  return order.noSkipping && to > next && skipped ? [{ kind: "skipped", statusId: skipped.id }] : [];

  /** Leads that nobody has accepted yet stand before the first stage. */
  function placeOf({ pipelineId, statusId }: StageRef): number | undefined {
    if (statusId === LOST) return undefined;
    if (pipelineId !== move.to.pipelineId) return -1;
    const place = inOrder(stages).findIndex(({ id }) => id === statusId);
    if (place >= 0) return place;
    return stages.some(({ id, incoming }) => incoming && id === statusId) ? -1 : undefined;
  }
}

/** Stages that are entered one after the other; the last of them is won. */
export function inOrder(stages: readonly Stage[]): Stage[] {
  return stages.filter(({ id, incoming }) => !incoming && id !== LOST);
}

function missingOfRule({ rule, members, filled, roles }: Question): Missing[] {
  if (!rule) return [];
  const played = new Set(members.flatMap(({ role }) => role ?? []));
  const missing: Missing[] = [];
  for (const role of new Set(rule.requiredApprovals)) {
    const of = members.filter((member) => member.role === role);
    if (of.length === 0) missing.push({ kind: "approval", role, contactId: null, approval: "pending" });
    for (const { contactId, approval } of of) {
      if (approval !== "approved") missing.push({ kind: "approval", role, contactId, approval });
    }
  }
  for (const role of new Set(rule.requiredRoles)) {
    // Told already, by whose approval is missing.
    if (!played.has(role) && !rule.requiredApprovals.includes(role)) missing.push({ kind: "role", role });
  }
  const has = coverage(wantedBy(rule), played, roles);
  if (rule.minCoverage !== null && has !== null && has < rule.minCoverage) {
    missing.push({ kind: "coverage", has, needs: rule.minCoverage });
  }
  for (const fieldId of new Set(rule.requiredFieldIds))
    if (!filled.has(fieldId)) missing.push({ kind: "field", fieldId });
  return missing;
}
