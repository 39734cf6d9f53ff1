import type { CardOverride, WouldWrite } from "@dealscope/shared/card";
import type { Verdict } from "@dealscope/shared/qualification";
import type { SegmentAction, Settings } from "@dealscope/shared/settings";
import type { Tx } from "../database/tenancy.ts";
import { type Provisioned } from "../installation/provisioning.ts";
import { cardChange } from "../qualification/card-change.ts";
import { manualTask } from "../qualification/manual-task.ts";
import { assigneeOf } from "../qualification/segment-actions.ts";
import { segmentTag } from "../qualification/tags.ts";
import { isPause } from "../qualification/verdict-rows.ts";
import type { RankedSegments } from "./segments.ts";

interface Standing {
  verdict: Verdict | null;
  override: CardOverride | null;
  /** What holds now. */
  segment: string | null;
  score: number | null;
}

interface About {
  accountId: number;
  settings: Settings;
  made: Provisioned;
  segments: RankedSegments;
}

/** What dry run keeps from being written. */
export async function wouldWrite(tx: Tx, standing: Standing, about: About): Promise<WouldWrite | null> {
  const { verdict, override, segment, score } = standing;
  const said = verdict && !isPause(verdict) ? cardChange(verdict, []) : null;
  if (!said && !override) return null;
  const fields = {
    score: override ? score : ((said?.fields?.score as number | null) ?? null),
    segment: about.segments.named(override ? segment : ((said?.fields?.segment as string | null) ?? null)),
    summary: (said?.fields?.summary as string | null) ?? null,
    nextAction: (said?.fields?.nextAction as string | null) ?? null,
  };
  const tag = override ? (segment === null ? null : segmentTag(segment)) : (said?.tagsAdd?.[0] ?? null);
  // A person's word moves no deal, and neither does a lead that looks as if it was written for the model.
  const isTrusted = !verdict?.flags.some((flag) => flag === "suspected_injection" || flag === "repeated_quote");
  const action = !override && isTrusted && verdict?.segment ? about.settings.actions[verdict.segment] : undefined;
  const isHandedOver = !override && verdict?.status === "needs_manual" && about.settings.taskWhenManual;
  const nothing = { stage: null, owner: null, task: isHandedOver ? manualTask(verdict) : null };
  return { fields, tag, ...(action ? await effects(tx, verdict?.segment ?? "", action, about) : nothing) };
}

async function effects(tx: Tx, segment: string, { assign, moveTo, task }: SegmentAction, about: About) {
  const userId = assign ? await assigneeOf(tx, about.accountId, segment, assign, "look") : undefined;
  const [user] = userId === undefined ? [] : await tx.query("SELECT name FROM kommo_user WHERE user_id = $1", [userId]);
  const pipeline = about.made.pipelines.find(({ id }) => id === moveTo?.pipelineId);
  const status = pipeline?.statuses.find(({ id }) => id === moveTo?.statusId);
  return {
    stage: moveTo && { ...moveTo, pipelineName: pipeline?.name ?? null, statusName: status?.name ?? null },
    owner: userId === undefined ? null : { userId, name: user?.name ?? null },
    task,
  };
}
